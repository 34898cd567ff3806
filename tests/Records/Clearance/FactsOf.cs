using PhotoGuard.Records.Activities;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Screening;
using PhotoGuard.Tests.Records.Consent;
using static PhotoGuard.Tests.Records.Consent.PupilHistory;

namespace PhotoGuard.Tests.Records.Clearance;

/// <summary>Facts about a photo received on day 0 against which nothing stands, and the ways in which something does.</summary>
internal static class FactsOf
{
    public static Photo Photo(bool nobodyElse = true, double deleteAfter = 730) =>
        new() { Id = Guid.NewGuid(), NobodyElse = nobodyElse, TakenAt = Day(0), ReceivedAt = Day(0), DeleteAfter = Day(deleteAfter) };

    public static PhotoFacts ClearedPhoto(params TaggedPupil[] pupils) => new()
    {
        Photo = Photo(),
        ActivityChannels = Channels.All.ToArray(),
        Approval = Approval.Approved,
        Pupils = pupils,
        Screening = Screened(ScreeningState.Accepted),
        Held = false,
        BeingRemoved = false,
        Now = Day(100),
    };

    public static ScreeningDecision Screened(ScreeningState decision, double day = 1) => new() { Decision = decision, DecidedAt = Day(day) };

    public static TaggedPupil Tagged(this PupilHistory history, double day = 1) => new(history.Everywhere(), Day(day));

    /// <summary>A young pupil whose guardian has given consent on every channel.</summary>
    public static PupilHistory Consented() => Channels.All.Aggregate(
        new PupilHistory(), (history, channel) => history.Answered(0.5, Answer.Given, channel: channel));
}
