using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Devices;

/// <summary>Fault 66 for what is under way: whoever is no longer to send does not end what they have begun, on whichever node.</summary>
public sealed class RevokedWhileSendingTests : IAsyncLifetime
{
    private readonly TestApi first = new();
    private Microsoft.AspNetCore.Builder.WebApplication second = null!;
    private int subjects;

    public async Task InitializeAsync()
    {
        await first.InitializeAsync();
        second = await TestApi.StartAsync(first.Records.Settings with { Node = "n2" });
    }

    public async Task DisposeAsync()
    {
        await second.DisposeAsync();
        await first.DisposeAsync();
    }

    [Theory]
    [InlineData("device", 403, "device-revoked")]
    [InlineData("token", 401, "sign-in-needed")]
    [InlineData("person", 401, "sign-in-needed")]
    [InlineData("role", 403, "role-may-not")]
    public async Task An_upload_under_way_is_cut_off_on_both_nodes_and_nothing_is_kept(string what, int status, string problem)
    {
        var school = await first.SchoolAsync();
        var activity = await school.ActivityAsync();
        var teacher = await SubjectAsync(school);
        var before = await first.Records.CountAsync();
        var uploads = new List<SlowUpload>();
        foreach (var address in new[] { first.Address, TestApi.AddressOf(second) })
            uploads.Add(await SlowUpload.BeginAsync(address, $"/api/v1/photos?activity={activity}", TestPhotos.Picture(), $"Authorization: Bearer {teacher.Token}"));

        await TakeAwayAsync(school, teacher, what);

        // Nothing more is sent, and yet an answer comes.
        foreach (var upload in uploads)
        {
            var answer = await upload.AnswerAsync();
            Assert.Equal(status, answer.Status);
            Assert.Contains($"/problems/{problem}", answer.Text, StringComparison.Ordinal);
            upload.Dispose();
        }
        Assert.Equal(before, await first.Records.CountAsync());
    }

    [Theory]
    [InlineData("device")]
    [InlineData("token")]
    [InlineData("person")]
    [InlineData("role")]
    public async Task What_arrives_whole_after_the_revocation_is_not_kept_either(string what)
    {
        var school = await first.SchoolAsync();
        var activity = await school.ActivityAsync();
        var teacher = await SubjectAsync(school);
        var before = await first.Records.CountAsync();
        using var upload = await SlowUpload.BeginAsync(first.Address, $"/api/v1/photos?activity={activity}", TestPhotos.Picture(), $"Authorization: Bearer {teacher.Token}");

        await TakeAwayAsync(school, teacher, what);
        await upload.SendRestAsync();

        Assert.InRange((await upload.AnswerAsync()).Status, 401, 403);
        Assert.Equal(before, await first.Records.CountAsync());
    }

    [Fact]
    public async Task An_upload_under_way_goes_on_while_nobody_takes_anything_away()
    {
        var school = await first.SchoolAsync();
        var activity = await school.ActivityAsync();
        var (teacher, other) = (await SubjectAsync(school), await SubjectAsync(school));
        using var upload = await SlowUpload.BeginAsync(first.Address, $"/api/v1/photos?activity={activity}", TestPhotos.Picture(), $"Authorization: Bearer {teacher.Token}");
        await TakeAwayAsync(school, other, "device");
        await upload.SendRestAsync();
        Assert.Equal(201, (await upload.AnswerAsync()).Status);
    }

    private async Task<Person> SubjectAsync(TestSchool school)
    {
        var number = Interlocked.Increment(ref subjects);
        return await school.PersonAsync(Role.Teacher, $"Subject {number}", $"iPad {number} of a subject");
    }

    private async Task TakeAwayAsync(TestSchool school, Person teacher, string what)
    {
        var act = Act.OfSystem(school.Id);
        if (what == "device")
        {
            var name = await first.Records.ScalarAsync<string>("select name from devices where id = (select device_id from access_tokens where staff_id = $1)", teacher.Id);
            await first.Records.RunAsync<DeviceDesk>(desk => desk.RevokeAsync(act, name, CancellationToken.None));
        }
        else if (what == "token")
        {
            var token = await first.Records.ScalarAsync<Guid>("select id from access_tokens where staff_id = $1", teacher.Id);
            await first.Records.RunAsync<TokenDesk>(desk => desk.RevokeAsync(act, token, CancellationToken.None));
        }
        else if (what == "person") await first.Records.RunAsync<StaffAdmin>(admin => admin.LeaveAsync(act, teacher.Id, CancellationToken.None));
        else await first.Records.ExecuteAsync("update staff set roles = '{editor}' where id = $1", teacher.Id);
    }
}
