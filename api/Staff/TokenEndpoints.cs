using PhotoGuard.Api.Requests;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Api.Staff;

public sealed record TokenRevokedView(Guid Id);

/// <summary>
/// Tokens of programs are listed and revoked here (P20). They are made on a page or on the machine itself: a token that makes tokens would
/// outlive its own revocation.
/// </summary>
public static class TokenEndpoints
{
    public static void MapTokens(this RouteGroupBuilder api)
    {
        var tokens = api.MapGroup("/tokens").WithTags("Staff");
        tokens.MapGet("/", ListAsync);
        tokens.MapPost("/{id:guid}/revocation", RevokeAsync).Produces<TokenRevokedView>();
    }

    private static async Task<Page<TokenSeen>> ListAsync(Caller caller, PageAsked page, TokenDesk desk, CancellationToken cancel) =>
        Page.Of(page, await desk.ListAsync(caller.Act, page.AfterId(), page.Limit + 1, cancel), row => row.Id, row => row);

    private static Task<IResult> RevokeAsync(Guid id, Write write, TokenDesk desk, CancellationToken cancel) =>
        write.AnswerAsync(act => desk.RevokeAsync(act, id, cancel), (_, token) => Task.FromResult(new TokenRevokedView(token)));
}
