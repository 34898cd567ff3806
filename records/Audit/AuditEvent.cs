using System.Text.Json;

namespace PhotoGuard.Records.Audit;

/// <summary>One thing an operation did, to be written in its commit. docs/audit-events.md lists the names.</summary>
/// <param name="Event">Slice and past tense, e.g. <c>photo.received</c>.</param>
/// <param name="SubjectId">Id of what it happened to, where that is no photo. Ids only: no names, no text of people.</param>
/// <param name="Details">Small facts without personal data, e.g. channel and cause.</param>
public sealed record AuditEvent(
    string Event,
    Guid? PhotoId = null,
    string? SubjectKind = null,
    string? SubjectId = null,
    object? Details = null)
{
    internal AuditEntry By(Act act) => new()
    {
        SchoolId = act.SchoolId,
        Event = Event,
        ActorKind = act.By.Kind,
        ActorId = act.By.StaffId,
        TokenId = act.By.TokenId,
        DeviceId = act.By.DeviceId,
        PhotoId = PhotoId,
        SubjectKind = SubjectKind,
        SubjectId = SubjectId,
        Details = JsonSerializer.SerializeToDocument(Details ?? new { }, JsonSerializerOptions.Web),
    };
}
