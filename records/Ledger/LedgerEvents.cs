using System.Text.Json;
using PhotoGuard.Records.Audit;

namespace PhotoGuard.Records.Ledger;

/// <summary>
/// What of the audit the ledger holds itself: everything after which less is shown or somebody may do less, so that a restored
/// database can be told it again. What allows more is not in it: a restore forgets that, on purpose.
/// </summary>
public static class LedgerEvents
{
    private static readonly HashSet<string> Told =
    [
        "photo.tombstoned", "photo.destroyed", "photo.erasure-asked", "photo.taken-back", "photo.linked",
        "consent.invalidated", "pupil.blocked", "pupil.left", "pupil.erased", "concern.raised", "hold.placed",
        "staff.left", "token.revoked", "device.revoked", "records.restored",
    ];

    public static bool Holds(AuditEntry entry) => Told.Contains(entry.Event) || entry.Event switch
    {
        "consent.recorded" => Detail(entry, "answer") != "given",
        "photo.screened" => Detail(entry, "decision") != "accepted",
        "activity.decided" => Detail(entry, "decision") != "approved",
        // Another browser was the device before, and may have been lost.
        "device.browser-enrolled" => entry.Details.RootElement.TryGetProperty("moved", out var moved) && moved.ValueKind == JsonValueKind.True,
        _ => false,
    };

    private static string? Detail(AuditEntry entry, string name) =>
        entry.Details.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
}
