using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;

namespace PhotoGuard.Api.Consent;

/// <summary>Where a pupil may be shown.</summary>
/// <param name="BlockReason">Why a block stands; for the safeguarding lead alone.</param>
public sealed record StandingView(IReadOnlyDictionary<string, ChannelStandingView> Channels, string? BlockReason)
{
    public static StandingView Of(StandingShown shown) => new(
        shown.Channels.ToDictionary(
            pair => Records.Store.Words.Of(pair.Key),
            pair => new ChannelStandingView(
                pair.Value.Cleared, shown.ReasonsShown ? [.. pair.Value.Reasons.Select(reason => reason.Word())] : null)),
        shown.BlockReason);
}

/// <param name="Reasons">Why not; for office and safeguarding, absent for teachers.</param>
public sealed record ChannelStandingView(bool Cleared, IReadOnlyList<string>? Reasons);
