// The Tokenization target.
