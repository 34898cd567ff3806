namespace PhotoGuard.Records.Audit;

/// <summary>What of the audit tells who looked, and changed nothing (P14): it is kept for a time of its own.</summary>
public static class AccessLog
{
    public static readonly IReadOnlyList<string> Events = ["photo.opened", "staff.signed-in", "staff.sign-in-failed"];
}
