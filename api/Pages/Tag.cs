using PhotoGuard.Records.Activities;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Screening;

namespace PhotoGuard.Api.Pages;

/// <summary>The colour of a word of state; the word itself always stands beside it.</summary>
public static class Tag
{
    public static string Of(Approval? approval) => approval switch
    {
        Approval.Approved => "good",
        Approval.Declined => "bad",
        _ => "wait",
    };

    /// <summary>How far a photo is, in a few words and their colour.</summary>
    public static (string Words, string Colour) Of(PhotoStanding photo)
    {
        if (photo.Facts.Held) return ("Locked", "bad");
        if (!photo.Photo.NobodyElse) return ("Say who is in it", "wait");
        if (photo.Facts.Screening?.Decision == ScreeningState.Rejected) return ("Rejected", "bad");
        if (photo.Facts.Screening?.Decision != ScreeningState.Accepted) return ("Waiting for screening", "wait");
        return photo.Clearance.Any(on => on.Value.Cleared) ? ("Cleared", "good") : ("Not cleared", "bad");
    }
}
