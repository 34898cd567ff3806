namespace PhotoGuard.Records.Consent;

/// <summary>Why a pupil is not cleared on a channel. Goes to office and safeguarding only (contract, Reasons).</summary>
public enum StandingReason
{
    /// <summary>No guardian has given consent.</summary>
    NoAnswer,

    /// <summary>A guardian's latest answer is a no.</summary>
    GuardianNo,

    /// <summary>The pupil's own latest answer is a no, at any age.</summary>
    PupilNo,

    /// <summary>Old enough to be asked, and has not given consent (P3).</summary>
    PupilAnswerNeeded,

    /// <summary>An answer that is needed has expired; hides and never destroys.</summary>
    AnswerExpired,

    /// <summary>A no was recorded in error; the yes before it does not come back by itself.</summary>
    FreshAnswerNeeded,

    /// <summary>A safeguarding block stands.</summary>
    Blocked,

    /// <summary>The pupil has left the school.</summary>
    Left,
}

/// <summary>Whether a pupil may be shown on a channel, and if not, every reason.</summary>
/// <param name="Reasons">Each at most once, in the order of <see cref="StandingReason"/>; empty means cleared.</param>
public sealed record Standing(IReadOnlyList<StandingReason> Reasons)
{
    public bool Cleared => Reasons.Count == 0;
}

public static class StandingReasons
{
    /// <summary>The reason as a sentence for the office, which says what to do.</summary>
    public static string Sentence(this StandingReason reason) => reason switch
    {
        StandingReason.NoAnswer => "No guardian has given consent yet. Ask a guardian.",
        StandingReason.GuardianNo => "A guardian said no. Do not use the picture here.",
        StandingReason.PupilNo => "The pupil said no. Do not use the picture here.",
        StandingReason.PupilAnswerNeeded => "The pupil is old enough to decide as well. Ask the pupil.",
        StandingReason.AnswerExpired => "Consent has run out. Ask again.",
        StandingReason.FreshAnswerNeeded => "A no was recorded in error. Ask again and record the new answer.",
        StandingReason.Blocked => "The safeguarding lead has blocked pictures of this pupil. Ask the safeguarding lead.",
        StandingReason.Left => "The pupil has left the school. Pictures stay inside the school.",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}
