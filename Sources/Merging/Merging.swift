// The Merging target.
