using PhotoGuard.Api.Requests;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Pupils;

namespace PhotoGuard.Api.Pupils;

public sealed record PupilBody(string GivenName, string FamilyName, DateOnly DateOfBirth, string ClassName, DateOnly? LeftOn)
{
    public PupilFacts Told() => new(GivenName, FamilyName, DateOfBirth, ClassName, LeftOn);
}

/// <param name="DateOfBirth">For the office only.</param>
/// <param name="LeftOn">For the office only.</param>
public sealed record PupilView(
    string MisId, string GivenName, string FamilyName, DateOnly? DateOfBirth, string ClassName, DateOnly? LeftOn)
{
    public static PupilView ForOffice(Pupil it) => new(it.MisId, it.GivenName, it.FamilyName, it.DateOfBirth, it.ClassName, it.LeftOn);

    public static PupilView ForTeachers(Pupil it) => new(it.MisId, it.GivenName, it.FamilyName, null, it.ClassName, null);
}

public sealed record GuardianBody(string Name, string? Email, bool Responsibility);

public sealed record GuardianView(string GuardianId, string Name, string? Email, bool Responsibility)
{
    public static GuardianView Of(Guardian it) => new(it.GuardianId, it.Name.Text ?? "", it.Email?.Text, it.Responsibility);
}

public sealed record BlockBody(string Reason);

public sealed record BlockView(Guid Id, bool Blocked, string Reason, DateTimeOffset PlacedAt, DateTimeOffset? LiftedAt)
{
    public static BlockView Of(SafeguardingBlock it) => new(it.Id, it.LiftedAt is null, it.Reason.Text ?? "", it.PlacedAt, it.LiftedAt);
}

/// <summary>Pupils, who answers for them, and the safeguarding lead's block.</summary>
public static class PupilEndpoints
{
    public static void MapPupils(this RouteGroupBuilder api)
    {
        var pupils = api.MapGroup("/pupils").WithTags("Pupils");
        pupils.MapGet("/", ListAsync);
        pupils.MapPut("/{misId}", PutAsync).Produces<PupilView>().Produces<PupilView>(StatusCodes.Status201Created);
        pupils.MapGet("/{misId}/guardians", ListGuardiansAsync);
        pupils.MapPut("/{misId}/guardians/{guardianId}", PutGuardianAsync)
            .Produces<GuardianView>().Produces<GuardianView>(StatusCodes.Status201Created);
        pupils.MapPost("/{misId}/block", BlockAsync).Produces<BlockView>();
        pupils.MapDelete("/{misId}/block", UnblockAsync).Produces<BlockView>();
    }

    private static async Task<Page<PupilView>> ListAsync(
        string? @class, Caller caller, PageAsked page, PupilDesk desk, CancellationToken cancel)
    {
        var rows = await desk.ListAsync(caller.Act, @class, page.AfterId(), page.Limit + 1, cancel);
        var forOffice = Rights.KeepPupils.Allows(caller.Act.By);
        return Page.Of(page, rows, row => row.Id, row => forOffice ? PupilView.ForOffice(row) : PupilView.ForTeachers(row));
    }

    private static Task<IResult> PutAsync(string misId, Write<PupilBody> write, PupilDesk desk, CancellationToken cancel) =>
        write.AnswerAsync(
            act => desk.PutAsync(act, misId, write.Body.Told(), cancel),
            async (act, id) => PupilView.ForOffice(await desk.ShowAsync(act, id, cancel)));

    private static async Task<Page<GuardianView>> ListGuardiansAsync(
        string misId, Caller caller, PageAsked page, GuardianDesk desk, CancellationToken cancel) =>
        Page.Of(page, await desk.ListAsync(caller.Act, misId, page.AfterId(), page.Limit + 1, cancel), row => row.Id, GuardianView.Of);

    private static Task<IResult> PutGuardianAsync(
        string misId, string guardianId, Write<GuardianBody> write, GuardianDesk desk, CancellationToken cancel) =>
        write.AnswerAsync(
            act => desk.PutAsync(act, misId, guardianId, write.Body.Name, write.Body.Email, write.Body.Responsibility, cancel),
            async (act, id) => GuardianView.Of(await desk.ShowAsync(act, id, cancel)));

    private static Task<IResult> BlockAsync(string misId, Write<BlockBody> write, BlockDesk desk, CancellationToken cancel) =>
        write.AnswerAsync(
            act => desk.PlaceAsync(act, misId, write.Body.Reason, cancel),
            async (act, id) => BlockView.Of(await desk.ShowAsync(act, id, cancel)));

    private static Task<IResult> UnblockAsync(string misId, Write write, BlockDesk desk, CancellationToken cancel) =>
        write.AnswerAsync(
            act => desk.LiftAsync(act, misId, cancel),
            async (act, id) => BlockView.Of(await desk.ShowAsync(act, id, cancel)));
}
