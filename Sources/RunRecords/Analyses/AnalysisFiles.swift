import Analysis
import Foundation
import Recipes

/// How far the experts have moved from their base.
package typealias ChangeFile = AnalysisFile<ChangeSettings, ChangeRecord>

/// Which weights carry mathematics, in each model.
package typealias LocalizationFile =
    AnalysisFile<LocalizationSettings, ModelResults<LocalizationRecord>>

/// What happens to a model when parts of it are changed.
package typealias InterventionFile = AnalysisFile<InterventionSettings, InterventionRecord>

/// What the models between two experts are worth.
package typealias ExpertLineFile = AnalysisFile<LineSettings, LineRecord>

/// How alike the states of two languages are, in each model.
package typealias RepresentationFile =
    AnalysisFile<RepresentationSettings, ModelResults<RepresentationRecord>>

extension AnalysisKind {
    /// Where a run folder has the record of this analysis.
    package func file(in folder: URL) -> URL {
        folder.appending(path: RunFolder.analysis).appending(path: "\(rawValue).json")
    }
}
