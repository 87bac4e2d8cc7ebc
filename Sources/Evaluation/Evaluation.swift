// The Evaluation target.
