using PhotoGuard.Api.Requests;
using PhotoGuard.Records.Access;
using PhotoGuard.Records.Audit;

namespace PhotoGuard.Api.Access;

public sealed record AcknowledgementBody(string Note);

/// <param name="Note">What came of it.</param>
public sealed record AcknowledgementView(DateTimeOffset At, Guid By, string Note);

public sealed record LookerView(Guid Id, string Name);

/// <summary>Somebody's unusual looking: how many, never at whom.</summary>
/// <param name="Looks">Different pictures and pupils, or refused openings, in ten minutes or an hour from <c>beganAt</c>.</param>
/// <param name="EndedAt">The last look that was known then.</param>
public sealed record AccessAlarmView(
    Guid Id, LookerView Person, AlarmKind Kind, int Looks, DateTimeOffset BeganAt, DateTimeOffset EndedAt, DateTimeOffset RaisedAt, AcknowledgementView? Acknowledgement)
{
    public static AccessAlarmView Of(AlarmShown shown)
    {
        var it = shown.Alarm;
        return new(it.Id, new(it.StaffId, shown.Person), it.Kind, it.Looks, it.BeganAt, it.EndedAt, it.RaisedAt,
            it is { AcknowledgedAt: { } at, AcknowledgedBy: { } by } ? new(at, by, it.Note?.Text ?? "") : null);
    }
}

/// <param name="Channel">Where it was taken for a channel.</param>
public sealed record OpeningView(DateTimeOffset At, ActorKind Kind, LookerView Person, Guid? Device, string? Rendition, string? Channel)
{
    public static OpeningView Of(Opening it) => new(it.At, it.Kind, new(it.Person, it.Name), it.Device, it.Rendition, it.Channel);
}

/// <summary>Who looked, and at what somebody has to look.</summary>
public static class AccessEndpoints
{
    public static void MapAccess(this RouteGroupBuilder api)
    {
        var access = api.MapGroup("/").WithTags("Access");
        access.MapGet("/access-alarms", ListAsync);
        access.MapPost("/access-alarms/{id:guid}/acknowledgement", AcknowledgeAsync).Produces<AccessAlarmView>();
        access.MapGet("/photos/{id:guid}/openings", OfPhotoAsync);
        access.MapGet("/pupils/{misId}/openings", OfPupilAsync);
    }

    private static async Task<Page<AccessAlarmView>> ListAsync(Caller caller, PageAsked page, AlarmDesk desk, CancellationToken cancel) =>
        Page.Of(page, await desk.ListAsync(caller.Act, page.AfterId(), page.Limit + 1, cancel), row => row.Alarm.Id, AccessAlarmView.Of);

    private static Task<IResult> AcknowledgeAsync(Guid id, Write<AcknowledgementBody> write, AlarmDesk desk, CancellationToken cancel) =>
        write.AnswerAsync(
            act => desk.AcknowledgeAsync(act, id, write.Body.Note, cancel),
            async (act, alarm) => AccessAlarmView.Of(await desk.ShowAsync(act, alarm, cancel)));

    private static async Task<Page<OpeningView>> OfPhotoAsync(Guid id, Caller caller, PageAsked page, WhoLooked looked, CancellationToken cancel) =>
        Page.Of(page, await looked.OfPhotoAsync(caller.Act, id, page.AfterPosition(), page.Limit + 1, cancel), row => row.Entry, OpeningView.Of);

    private static async Task<Page<OpeningView>> OfPupilAsync(string misId, Caller caller, PageAsked page, WhoLooked looked, CancellationToken cancel) =>
        Page.Of(page, await looked.OfPupilAsync(caller.Act, misId, page.AfterPosition(), page.Limit + 1, cancel), row => row.Entry, OpeningView.Of);
}
