using PhotoGuard.Api.Requests;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;

namespace PhotoGuard.Api.Consent;

public sealed record AnswererBody(AnswererKind Kind, string Name, string? GuardianId);

public sealed record AnswerBody(
    Channel Channel, Answer Answer, AnswererBody By, AnswerRoute Route, string NoticeVersion, DateTimeOffset? AnsweredAt, DateOnly? ExpiresOn)
{
    public NewAnswer Told() =>
        new(Channel, Answer, By.Kind, By.Name, By.GuardianId, Route, NoticeVersion, AnsweredAt, ExpiresOn);
}

public sealed record InvalidationBody(string Reason);

public sealed record InvalidationView(string Reason, DateTimeOffset At);

/// <param name="Invalidation">Set where the answer was recorded in error and no longer counts.</param>
public sealed record AnswerView(
    Guid Id, Channel Channel, Answer Answer, AnswererBody By, AnswerRoute Route, string NoticeVersion,
    DateTimeOffset AnsweredAt, DateOnly? ExpiresOn, DateTimeOffset RecordedAt, InvalidationView? Invalidation)
{
    public static AnswerView Of(ConsentAnswer it) => new(
        it.Id, it.Channel, it.Answer, new(it.ByKind, it.ByName.Text ?? "", it.GuardianId), it.Route, it.NoticeVersion,
        it.AnsweredAt, it.ExpiresOn, it.RecordedAt, it.Invalidation is { } error ? new(error.Reason.Text ?? "", error.InvalidatedAt) : null);
}

/// <summary>What guardians and pupils answered.</summary>
public static class ConsentEndpoints
{
    public static void MapConsents(this RouteGroupBuilder api)
    {
        var consents = api.MapGroup("/").WithTags("Consent");
        consents.MapPost("/pupils/{misId}/consents", RecordAsync).Produces<AnswerView>(StatusCodes.Status201Created);
        consents.MapGet("/pupils/{misId}/consents", ListAsync);
        consents.MapPost("/consents/{id:guid}/invalidation", InvalidateAsync).Produces<AnswerView>();
        consents.MapGet("/pupils/{misId}/standing", StandingAsync);
    }

    private static Task<IResult> RecordAsync(string misId, Write<AnswerBody> write, ConsentRecorder recorder, CancellationToken cancel) =>
        write.AnswerAsync(
            act => recorder.RecordAsync(act, misId, write.Body.Told(), cancel),
            async (act, id) => AnswerView.Of(await recorder.ShowAsync(act, id, cancel)));

    private static async Task<Page<AnswerView>> ListAsync(
        string misId, Caller caller, PageAsked page, ConsentRecorder recorder, CancellationToken cancel) =>
        Page.Of(page, await recorder.ListAsync(caller.Act, misId, page.AfterId(), page.Limit + 1, cancel), row => row.Id, AnswerView.Of);

    private static Task<IResult> InvalidateAsync(Guid id, Write<InvalidationBody> write, ConsentRecorder recorder, CancellationToken cancel) =>
        write.AnswerAsync(
            act => recorder.InvalidateAsync(act, id, write.Body.Reason, cancel),
            async (act, answer) => AnswerView.Of(await recorder.ShowAsync(act, answer, cancel)));

    private static async Task<StandingView> StandingAsync(
        string misId, string? at, Caller caller, StandingReader reader, CancellationToken cancel) =>
        StandingView.Of(await reader.ReadAsync(caller.Act, misId, await InstantAsync(at, caller, reader, cancel), cancel));

    /// <summary>An instant, or a school date, which stands for its end.</summary>
    private static async Task<DateTimeOffset?> InstantAsync(string? at, Caller caller, StandingReader reader, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(at)) return null;
        if (DateOnly.TryParseExact(at, "yyyy-MM-dd", out var day)) return await reader.EndOfDayAsync(caller.Act, day, cancel);
        return Instant.ParseQuery(at, "at");
    }
}
