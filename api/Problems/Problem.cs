using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Problems;

/// <summary>A refusal as an RFC 9457 problem. Every type is listed in docs/problems.md.</summary>
public static class Problem
{
    public static Refusal SignInNeeded() => new("sign-in-needed", 401, "Please sign in, or send a valid access token.");

    public static Refusal TooLarge() => new("too-large", 413, "That is too large to be taken.");

    /// <summary>Writes the problem; does nothing where the answer has begun already.</summary>
    public static Task WriteAsync(HttpContext context, Refusal refusal)
    {
        var response = context.Response;
        if (response.HasStarted) return Task.CompletedTask;
        response.StatusCode = refusal.Status;
        if (refusal.Status is 429 or 503) response.Headers.RetryAfter = "2";
        if (HttpMethods.IsHead(context.Request.Method)) return Task.CompletedTask;
        if (RefusalPage.IsWanted(context.Request)) return RefusalPage.WriteAsync(context, refusal, Title(refusal.Status));

        var members = new Dictionary<string, object?>
        {
            ["type"] = $"/problems/{refusal.Type}",
            ["title"] = Title(refusal.Status),
            ["status"] = refusal.Status,
            ["detail"] = refusal.Message,
        };
        foreach (var (name, value) in refusal.Members) members[name] = value;
        return response.WriteAsJsonAsync(members, options: null, contentType: "application/problem+json", context.RequestAborted);
    }

    private static string Title(int status) => status switch
    {
        400 => "The request cannot be read",
        401 => "Sign-in needed",
        403 => "Not allowed",
        404 => "Not found",
        405 => "Not possible here",
        409 => "Not possible now",
        410 => "No longer available",
        413 => "Too large",
        415 => "Not a kind we take",
        422 => "Understood and refused",
        429 => "Slow down",
        503 => "Please try again",
        507 => "No room",
        _ => "Something went wrong",
    };
}
