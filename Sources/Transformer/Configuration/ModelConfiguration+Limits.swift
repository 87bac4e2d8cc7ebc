import Foundations

/// What no model can have.
extension ModelConfiguration {
    /// Checks that a model can have these numbers.
    ///
    /// - Throws: An error that names the number by its key in `config.json`, and what was expected.
    public func check() throws {
        guard let problem else { return }
        throw OptionError(
            "'\(problem.key)' of the model is \(problem.found); expected \(problem.rule)"
        )
    }

    /// What makes these numbers impossible, or nil when a model can have them.
    package var problem: (key: String, found: String, rule: String)? {
        // The largest of all is beyond every machine; with what heads make together it keeps all
        // products inside an Int.
        let largest = 1 << 20
        for (key, count, most) in [
            ("vocab_size", vocabularySize, largest), ("hidden_size", modelWidth, largest),
            ("intermediate_size", hiddenWidth, largest),
            ("num_attention_heads", headCount, largest), ("head_dim", headWidth, largest),
            ("num_hidden_layers", layerCount, 1 << 12),
            ("max_position_embeddings", maximumPositions, 1 << 24),
        ] {
            if count < 1 { return (key, "\(count)", "1 or more") }
            if count > most { return (key, "\(count)", "at most \(most)") }
        }
        if headWidth % 2 != 0 {
            return ("head_dim", "\(headWidth)", "an even width, because positions turn pairs")
        }
        if keyValueHeadCount < 1 || headCount % keyValueHeadCount != 0 {
            return (
                "num_key_value_heads", "\(keyValueHeadCount)", "a divisor of \(headCount) heads"
            )
        }
        if headCount * headWidth > 1 << 22 {
            return ("head_dim", "\(headWidth) in \(headCount) heads", "heads of at most \(1 << 22)")
        }
        for (key, number) in [
            ("rms_norm_eps", normEpsilon), ("rope_theta", ropeTheta),
            ("rope_local_base_freq", localRopeTheta ?? 1),
            ("query_pre_attn_scalar", queryScalar ?? 1),
        ] where !(number > 0 && number.isFinite) {
            return (key, "\(number)", "a number above zero")
        }
        guard initializerRange >= 0, initializerRange.isFinite else {
            return ("initializer_range", "\(initializerRange)", "a number of 0 or more")
        }
        return nil
    }
}
