using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Pupils;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Tests.Records.Consent;

/// <summary>A pupil and what was answered, told in school days: day 0 is 1 January 2026, each at noon.</summary>
internal sealed class PupilHistory
{
    private readonly List<ConsentAnswer> answers = [];

    public PupilHistory(string bornOn = "2018-06-15", string? leftOn = null)
    {
        Pupil = new()
        {
            Id = Guid.NewGuid(),
            MisId = "p-1",
            ClassName = "3B",
            LeftOn = leftOn is null ? null : DateOnly.Parse(leftOn),
        };
        Pupil.Write(new("Ada", "Example", DateOnly.Parse(bornOn)), TextKey.Of(new byte[32]));
    }

    public Pupil Pupil { get; }

    public IReadOnlyList<ConsentAnswer> Answers => answers;

    public PolicySwitches Switches { get; init; } = PolicySwitches.Of(PolicyProfile.Strict, Guid.Empty);

    public bool Blocked { get; init; }

    public static DateTimeOffset Day(double day) => new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero).AddDays(day);

    public static DateOnly Date(double day) => DateOnly.FromDateTime(Day(day).DateTime);

    public PupilHistory Answered(
        double day, Answer answer, string by = "Anna Example", string? id = null, Channel channel = Channel.Website,
        double? recorded = null, double? expires = null, AnswererKind kind = AnswererKind.Guardian)
    {
        answers.Add(new()
        {
            Id = Guid.NewGuid(),
            PupilId = Pupil.Id,
            Channel = channel,
            Answer = answer,
            ByKind = kind,
            ByName = SealedText.Imagined(by),
            GuardianId = id,
            NoticeVersion = "1",
            AnsweredAt = Day(day),
            RecordedAt = Day(recorded ?? day),
            ExpiresOn = expires is { } last ? Date(last) : null,
        });
        return this;
    }

    public PupilHistory SelfAnswered(
        double day, Answer answer, Channel channel = Channel.Website, double? expires = null, double? recorded = null) =>
        Answered(day, answer, "Ada Example", channel: channel, expires: expires, recorded: recorded, kind: AnswererKind.Pupil);

    /// <summary>The last answer told was recorded in error.</summary>
    public PupilHistory InError(double day) => InError(answers.Count - 1, day);

    public PupilHistory InError(int index, double day)
    {
        answers[index] = Invalidated(answers[index], Day(day));
        return this;
    }

    public static ConsentAnswer Invalidated(ConsentAnswer answer, DateTimeOffset at) => new()
    {
        Id = answer.Id,
        PupilId = answer.PupilId,
        Channel = answer.Channel,
        Answer = answer.Answer,
        ByKind = answer.ByKind,
        ByName = answer.ByName,
        GuardianId = answer.GuardianId,
        NoticeVersion = answer.NoticeVersion,
        AnsweredAt = answer.AnsweredAt,
        RecordedAt = answer.RecordedAt,
        ExpiresOn = answer.ExpiresOn,
        Invalidation = new() { AnswerId = answer.Id, Reason = SealedText.Imagined("wrong child"), InvalidatedAt = at },
    };

    public Standing On(DateOnly today, Channel channel = Channel.Website) =>
        ConsentStanding.Of(Pupil, answers, Blocked, channel, today, Switches);

    public Standing On(double day, Channel channel = Channel.Website) => On(Date(day), channel);

    public PupilStanding Everywhere(double day = 100) => ConsentStanding.OfAll(Pupil, answers, Blocked, Date(day), Switches);
}
