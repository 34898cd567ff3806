using Microsoft.AspNetCore.Http.Metadata;

namespace PhotoGuard.Api.Problems;

/// <summary>Tells OpenAPI which refusals a group of endpoints knows.</summary>
public static class ProblemMetadata
{
    private static readonly int[] Everywhere = [401, 403, 404, 409, 422, 503];

    public static RouteGroupBuilder ProducesProblems(this RouteGroupBuilder group)
    {
        foreach (var status in Everywhere)
            group.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(ProblemAnswer), ["application/problem+json"]));
        return group;
    }
}

/// <summary>A problem as it is sent (RFC 9457); some types add members of their own.</summary>
public sealed record ProblemAnswer(string Type, string Title, int Status, string Detail);
