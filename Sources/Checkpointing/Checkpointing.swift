// The Checkpointing target.
