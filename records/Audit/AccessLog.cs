namespace PhotoGuard.Records.Audit;

/// <summary>What of the audit tells who looked, and changed nothing (P14): it is kept for a time of its own.</summary>
public static class AccessLog
{
    public static readonly IReadOnlyList<string> Events =
    [
        "photo.opened", "photo.opening-refused", "pupil.opened", "pupils.listed", "audit.read", "staff.signed-in", "staff.sign-in-failed",
    ];

    /// <summary>Of these, what names who was looked at: that is for the head and the safeguarding lead.</summary>
    public static readonly IReadOnlyList<string> Looks = ["photo.opened", "pupil.opened", "pupils.listed", "audit.read"];
}
