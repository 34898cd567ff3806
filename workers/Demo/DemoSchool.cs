using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Workers.Cli;

namespace PhotoGuard.Workers.Demo;

/// <summary>
/// A made-up school with everything in it. School, people and tokens come from the machine itself; all else is sent through the API,
/// as a school would. Every step looks first whether it is done, so that a start that was killed half-way is finished by the next.
/// </summary>
internal static class DemoSchool
{
    /// <summary>Fills the school once, and prints a fresh sign-in link for each role every time.</summary>
    /// <param name="url">Where the API answers.</param>
    /// <exception cref="IOException">The service answered something that it should not have.</exception>
    public static async Task FillAsync(Office office, string url, TextWriter output, CancellationToken cancel)
    {
        var db = office.Get<RecordsDb>();
        var people = await DemoPeople.OpenAsync(office, cancel);
        var filled = await db.Activities.AnyAsync(row => row.SchoolId == people.School.Id && row.Title == DemoShots.Concert, cancel);
        var links = await people.LinksAsync(cancel);
        if (filled) await StateAsync(db, people.School, output, cancel);
        else await FillAsync(db, people, url, output, cancel);

        await output.WriteLineAsync("Sign in, each link once and within a week:");
        foreach (var (role, name, link) in links) await output.WriteLineAsync($"  {Words.Of(role),-12}  {name,-12}  {link}");
    }

    private static async Task FillAsync(RecordsDb db, DemoPeople people, string url, TextWriter output, CancellationToken cancel)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"{url.TrimEnd('/')}/"), Timeout = TimeSpan.FromMinutes(1) };
        var callers = new Dictionary<Role, DemoCaller>();
        var ids = new Dictionary<Role, Guid>();
        foreach (var role in Enum.GetValues<Role>()) (callers[role], ids[role]) = await people.CallerAsync(http, role, cancel);

        var now = TimeZoneInfo.ConvertTime(await db.NowAsync(cancel), people.School.TimeZone());
        await output.WriteLineAsync($"Filling {people.School.Name} through {url}.");
        var classes = DemoPupils.Everyone.Select(pupil => pupil.Class).Distinct();
        (await callers[Role.Ict].PutAsync($"staff/{ids[Role.Teacher]}", new { classes }, cancel)).Must(200);
        await new DemoOffice(callers[Role.Office], callers[Role.Safeguarding], now, DateOnly.FromDateTime(now.DateTime)).FillAsync(cancel);
        await TakePicturesAsync(new DemoCamera(callers, now, output), output, cancel);
    }

    private static async Task TakePicturesAsync(DemoCamera camera, TextWriter output, CancellationToken cancel)
    {
        foreach (var activity in DemoShots.Activities) await camera.PutActivityAsync(activity, cancel);
        var taken = new List<DemoSent>();
        foreach (var shot in DemoShots.Taken)
        {
            var sent = await camera.SendAsync(shot, meantToBeRefused: false, cancel);
            await camera.LinkAsync(sent, cancel);
            taken.Add(sent);
        }
        await camera.LookAsync(taken, cancel);
        foreach (var sent in taken) await camera.ScreenAsync(sent, cancel);
        foreach (var sent in taken) await camera.ReportAsync(sent, cancel);

        await camera.PutActivityAsync(DemoShots.LastActivity, cancel);
        var report = new DemoReport(output);
        foreach (var sent in taken)
        {
            if (sent.Id is { } id) await report.ReceivedAsync(sent, await camera.PhotoAsync(id, cancel));
            else await output.WriteLineAsync($"{sent.Shot.Name,-17} received at an earlier start, and hidden since");
        }
        foreach (var shot in DemoShots.Refused) await report.RefusedAsync(await camera.SendAsync(shot, meantToBeRefused: true, cancel));
    }

    private static async Task StateAsync(RecordsDb db, School school, TextWriter output, CancellationToken cancel)
    {
        var pupils = await db.Pupils.CountAsync(row => row.SchoolId == school.Id, cancel);
        var photos = await db.Photos.CountAsync(row => row.SchoolId == school.Id, cancel);
        var held = await db.Holds.Where(row => row.SchoolId == school.Id && row.ReleasedAt == null).Select(row => row.PhotoId).Distinct().CountAsync(cancel);
        var gone = await db.Certificates.CountAsync(row => row.SchoolId == school.Id, cancel);
        await output.WriteLineAsync(
            $"{school.Name} is filled since an earlier start: {pupils} pupils, {photos} pictures ({held} held), {gone} destroyed with a certificate.");
    }
}
