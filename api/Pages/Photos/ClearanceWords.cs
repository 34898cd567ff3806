using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.NeedToKnow;

namespace PhotoGuard.Api.Pages.Photos;

/// <summary>Clearance in sentences, as far as the reader may know the reasons (contract, Reasons).</summary>
public static class ClearanceWords
{
    /// <summary>Why a photo is not cleared on a channel; what concerns a child is told to office and safeguarding alone.</summary>
    public static IEnumerable<string> Of(PhotoStanding photo, Channel channel, Actor reader)
    {
        var clearance = photo.Clearance[channel];
        var picture = clearance.Picture.Select(reason => reason.Sentence());
        if (!Rights.SeeWhy.Allows(reader))
            return clearance.Children.Count == 0 ? picture : picture.Append(ClearanceReason.PupilNotCleared.Sentence());
        return picture.Concat(clearance.Children.Select(child =>
        {
            var pupil = photo.Pupils.Single(one => one.Id == child.PupilId);
            var where = child.Channel == channel ? "" : " (inside the school)";
            return $"{pupil.GivenName} {pupil.FamilyName}{where}: {child.Reason.Sentence()}";
        }));
    }
}
