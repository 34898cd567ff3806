using System.Collections.Concurrent;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Tests.Api.Building;

/// <summary>A school and who works there. Everything in it is made over HTTP, by those who may.</summary>
public sealed class TestSchool(TestApi api, School school)
{
    private readonly ConcurrentDictionary<Role, Task<Person>> people = new();
    private int pupils;
    private int devices;

    public TestApi Api { get; } = api;
    public Guid Id { get; } = school.Id;
    public string Name { get; } = school.Name;

    public Task<Person> TeacherAsync() => AsAsync(Role.Teacher);
    public Task<Person> ScreenerAsync() => AsAsync(Role.Screener);
    public Task<Person> OfficeAsync() => AsAsync(Role.Office);
    public Task<Person> EditorAsync() => AsAsync(Role.Editor);
    public Task<Person> SafeguardingAsync() => AsAsync(Role.Safeguarding);
    public Task<Person> HeadAsync() => AsAsync(Role.Head);
    public Task<Person> IctAsync() => AsAsync(Role.Ict);

    /// <summary>The one person that stands for the role; a teacher has an enrolled device.</summary>
    public Task<Person> AsAsync(Role role) =>
        people.GetOrAdd(role, _ => PersonAsync(role, device: role == Role.Teacher ? "iPad of the teacher" : null));

    /// <summary>The bearer token of that person.</summary>
    public async Task<string> TokenAsync(Role role) => (await AsAsync(role)).Token!;

    /// <summary>Somebody with a token of their own.</summary>
    /// <param name="name">Null for the one person that stands for the role.</param>
    /// <param name="device">Name of the device the token is bound to; enrolled where it is new.</param>
    public async Task<Person> PersonAsync(
        Role role, string? name = null, string? device = null, Channel? channel = null, DateOnly? expiresOn = null)
    {
        var (token, person) = await Api.Records.TokenAsync(Id, new NewToken(role, name, device, channel, expiresOn));
        return new(Api.Address, token, person.Id);
    }

    /// <summary>A teacher of these classes, with a device of their own.</summary>
    public async Task<Person> TeacherOfAsync(params string[] classes)
    {
        var number = Interlocked.Increment(ref devices);
        var teacher = await PersonAsync(Role.Teacher, $"Teacher {number}", $"iPad {number}");
        (await (await IctAsync()).PutAsync($"staff/{teacher.Id}", new { classes })).Must(200);
        return teacher;
    }

    /// <summary>A pupil without any answer.</summary>
    /// <param name="born">Default: eight years ago.</param>
    public async Task<TestPupil> PupilAsync(string className = "3B", DateOnly? born = null, DateOnly? leftOn = null)
    {
        var misId = $"p{Interlocked.Increment(ref pupils)}";
        var pupil = new TestPupil(this, misId);
        await pupil.PutAsync(className, born ?? Today.AddYears(-8), leftOn);
        return pupil;
    }

    /// <summary>A pupil whose guardian has given consent, on <c>internal</c> and the channels named.</summary>
    public async Task<TestPupil> ClearedPupilAsync(params Channel[] channels)
    {
        var pupil = await PupilAsync();
        foreach (var channel in channels.Append(Channel.Internal).Distinct()) await pupil.AnswerAsync(channel, Answer.Given);
        return pupil;
    }

    /// <summary>An activity of the school's teacher; its id.</summary>
    /// <param name="approved">Whether the screener has approved it.</param>
    /// <param name="channels">Besides <c>internal</c>.</param>
    public async Task<Guid> ActivityAsync(bool approved = true, params Channel[] channels)
    {
        var created = (await (await TeacherAsync()).PostAsync("activities", new
        {
            title = "Sports day",
            purpose = "To show families what the day was like",
            heldOn = Today,
            channels = channels.Select(channel => Words.Of(channel)),
            afterwards = "Kept in the school's archive, then destroyed",
        })).Must(201);
        var id = created.Json.GetProperty("id").GetGuid();
        if (approved) (await (await ScreenerAsync()).PostAsync($"activities/{id}/approval", new { decision = "approved" })).Must(200);
        return id;
    }

    /// <summary>Today by the machine's clock, in UTC: near enough for data that is not about the day's edge.</summary>
    public static DateOnly Today => DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
}

/// <summary>A pupil of a test's school.</summary>
public sealed class TestPupil(TestSchool school, string misId)
{
    public string MisId { get; } = misId;

    /// <summary>The path of the pupil, for calls about them.</summary>
    public string Path => $"pupils/{MisId}";

    public async Task PutAsync(string className, DateOnly born, DateOnly? leftOn = null) =>
        (await (await school.OfficeAsync()).PutAsync(Path, new
        {
            givenName = "Ada",
            familyName = $"Lovelace {MisId}",
            dateOfBirth = born,
            className,
            leftOn,
        })).Must(200, 201);

    /// <summary>Records an answer; its id.</summary>
    public async Task<Guid> AnswerAsync(
        Channel channel, Answer answer, AnswererKind by = AnswererKind.Guardian, string name = "Grace Hopper",
        DateTimeOffset? answeredAt = null, DateOnly? expiresOn = null, AnswerRoute route = AnswerRoute.Paper) =>
        (await (await school.OfficeAsync()).PostAsync($"{Path}/consents", new
        {
            channel = Words.Of(channel),
            answer = Words.Of(answer),
            by = new { kind = Words.Of(by), name },
            route = Words.Of(route),
            noticeVersion = "2026-09",
            answeredAt,
            expiresOn,
        })).Must(201).Json.GetProperty("id").GetGuid();

    /// <summary>The answer was recorded in error.</summary>
    public async Task InvalidateAsync(Guid answer) =>
        (await (await school.OfficeAsync()).PostAsync($"consents/{answer}/invalidation", new { reason = "another pupil's form" })).Must(200);

    /// <summary>The standing as the office sees it: for each channel whether cleared, and why not.</summary>
    public async Task<string> StandingAsync(Channel channel)
    {
        var standing = (await (await school.OfficeAsync()).GetAsync($"{Path}/standing")).Must(200).Json;
        var on = standing.GetProperty("channels").GetProperty(Words.Of(channel));
        return on.GetProperty("cleared").GetBoolean()
            ? "cleared"
            : string.Join(' ', on.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()));
    }
}
