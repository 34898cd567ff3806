using PhotoGuard.Records.Activities;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Benchmarks.Service;

/// <summary>A school under the profile <c>strict</c>, a teacher with an enrolled iPad, and an activity that leadership has approved.</summary>
/// <param name="Token">The teacher's, bound to the iPad.</param>
/// <param name="Teacher">Who uploads.</param>
public sealed record BenchSchool(Guid Id, string Token, Guid Activity, Guid Teacher)
{
    /// <param name="channels">On which the activity's pictures may be used, besides <c>internal</c>.</param>
    public static Task<BenchSchool> AddAsync(BenchService service, params Channel[] channels) => AddAsync(service, "Bench Primary", PolicyProfile.Strict, channels);

    /// <inheritdoc cref="AddAsync(BenchService, Channel[])"/>
    public static async Task<BenchSchool> AddAsync(BenchService service, string name, PolicyProfile profile, params Channel[] channels)
    {
        var school = (await service.RunAsync<SchoolAdmin, School>(admin => admin.AddAsync(name, profile, "Europe/London", default))).Id;
        var (token, teacher) = await TokenAsync(service, school, Role.Teacher, "iPad 07");
        var (_, head) = await TokenAsync(service, school, Role.Head, null);
        var today = DateOnly.FromDateTime(DateTime.UtcNow);
        var activity = await service.RunAsync<ActivityDesk, Activity>(desk => desk.CreateAsync(
            By(teacher), new("Sports day", "To be measured", today, null, [Channel.Internal, .. channels], "They are deleted.", null), default));
        await service.RunAsync<ActivityDesk, bool>(async desk =>
        {
            await desk.DecideAsync(By(head), activity.Id, Approval.Approved, null, default);
            return true;
        });
        return new(school, token, activity.Id, teacher.Id);
    }

    /// <summary>The one person of that role, as who acts, and with a token.</summary>
    public async Task<(string Token, Act By)> PersonAsync(BenchService service, Role role)
    {
        var (token, person) = await TokenAsync(service, Id, role, null);
        return (token, By(person));
    }

    private static Task<(string Token, StaffMember Person)> TokenAsync(BenchService service, Guid school, Role role, string? device) =>
        service.RunAsync<TokenDesk, (string, StaffMember)>(desk =>
            desk.IssueAsync(Act.OfSystem(school), new NewToken(role, null, device, null, null), default));

    private static Act By(StaffMember person) => new(person.SchoolId, new Actor(ActorKind.Person, person.Id, person.Roles));
}
