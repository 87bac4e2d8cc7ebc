import Hummingbird

extension StudioRoutes {
    /// Runs and recipes.
    func addRuns(to group: RouterGroup<StudioContext>) {
        group.get("runs") { [desk] _, _ in try Self.json(desk.list()) }
        group.post("runs/watch") { [desk] request, _ in
            let (body, request) = try await Self.body(NamedRequest.self, of: request)
            return EventResponse.make(request) { emit in
                try await desk.watch(body.name, emit: emit)
            }
        }
        group.post("runs/stop") { [desk] request, _ in
            try desk.stop(await Self.body(NamedRequest.self, of: request).body.name)
            return try Self.json(["stopping": true])
        }
        group.get("templates") { [desk] _, _ in try Self.json(desk.templateList()) }
        group.get("languages") { [desk] _, _ in try Self.json(desk.languages()) }
        group.post("templates/fill") { [desk] request, _ in
            let body = try await Self.body(TemplateRequest.self, of: request).body
            let text = try desk.fill(body.template, target: body.target, name: body.name)
            return try Self.json(["recipe": text])
        }
        group.post("recipes/check") { [desk] request, _ in
            try Self.json(desk.check(await Self.body(RecipeRequest.self, of: request).body.recipe))
        }
        group.post("recipes/start") { [desk] request, _ in
            let body = try await Self.body(RecipeRequest.self, of: request).body
            return try Self.json(["name": await desk.start(body.recipe)])
        }
        group.get("lessons") { _, _ in try PageFile.response("lessons.json") }
    }
}
