import Arithmetic
import Hummingbird

extension StudioRoutes {
    /// Questions of one's own, and what the layers say.
    func addAsking(to group: RouterGroup<StudioContext>) {
        group.post("draw") { [workshop] request, _ in
            let body = try await Self.body(DrawRequest.self, of: request).body
            return try Self.json(await workshop.draw(body.language))
        }
        group.post("ask") { [workshop] request, _ in
            let (body, request) = try await Self.body(AskRequest.self, of: request)
            let question = Workshop.Question(
                subjects: try body.subjects(workshop.shape),
                text: body.question,
                language: body.language,
                answer: body.answer.flatMap { CanonicalNumber($0) },
                asChat: body.asChat ?? true
            )
            return EventResponse.make(request) { emit in
                try await workshop.answer(question, emit: emit)
            }
        }
        group.post("lens") { [workshop] request, _ in
            let body = try await Self.body(LensRequest.self, of: request).body
            return try Self.json(
                await workshop.lens(
                    body.subject(workshop.shape),
                    question: body.question,
                    language: body.language,
                    asChat: body.asChat ?? true,
                    reply: body.tokens
                )
            )
        }
        group.get("bars") { [workshop] _, _ in try Self.json(workshop.analyst.findings()) }
        group.post("bars/compute") { [workshop] request, _ in
            let (body, request) = try await Self.body(BarsRequest.self, of: request)
            let kind = try body.analysis
            return EventResponse.make(request) { emit in
                try await workshop.analyst.measure(kind, emit: emit)
            }
        }
    }

    /// Many settings.
    func addSearching(to group: RouterGroup<StudioContext>) {
        group.post("map") { [workshop] request, _ in
            let (body, request) = try await Self.body(MapRequest.self, of: request)
            return EventResponse.make(request) { emit in
                try await workshop.map(
                    body.setting,
                    problems: body.problems ?? StudioOverview.Problems.least,
                    emit: emit
                )
            }
        }
        group.post("search") { [workshop] request, _ in
            let (body, request) = try await Self.body(SearchRequest.self, of: request)
            return EventResponse.make(request) { emit in
                try await workshop.search(
                    body.setting,
                    body.search,
                    problems: body.problems ?? StudioOverview.Problems.standard,
                    emit: emit
                )
            }
        }
    }

    /// Names, comparisons and what leaves Studio.
    func addVariants(to group: RouterGroup<StudioContext>) {
        group.get("variants") { [workshop] _, _ in
            try Self.json(await workshop.variantList())
        }
        group.post("variants/name") { [workshop] request, _ in
            let body = try await Self.body(NameRequest.self, of: request).body
            return try Self.json(
                await workshop.name(
                    body.setting,
                    body.name,
                    problems: body.problems ?? StudioOverview.Problems.standard
                )
            )
        }
        group.post("variants/remove") { [workshop] request, _ in
            let body = try await Self.body(NamedRequest.self, of: request).body
            return try Self.json(await workshop.removeVariant(body.name))
        }
        group.post("compare") { [workshop] request, _ in
            let (body, request) = try await Self.body(CompareRequest.self, of: request)
            let first = try body.first.subject(workshop.shape)
            let second = try body.second.subject(workshop.shape)
            return EventResponse.make(request) { emit in
                try await workshop.compare(
                    first,
                    second,
                    problems: body.problems ?? StudioOverview.Problems.standard,
                    emit: emit
                )
            }
        }
        group.post("export") { [workshop] request, _ in
            let body = try await Self.body(ExportRequest.self, of: request).body
            return try Self.json(
                await workshop.export(body.setting, as: body.form, named: body.name)
            )
        }
    }
}
