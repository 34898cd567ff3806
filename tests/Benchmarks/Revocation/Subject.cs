using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Benchmarks.Service;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.Staff;
using PhotoGuard.Workers.Demo;

namespace PhotoGuard.Benchmarks.Revocation;

/// <summary>What is taken away.</summary>
public enum Taken
{
    Role,
    Person,
    Device,
    Token,
    Session,
}

/// <summary>Milliseconds from the call that takes away to the first refusal, on the same web process and on the other.</summary>
/// <param name="Kept">Pictures that were taken although what sent them was taken away first.</param>
public sealed record Refused(double Request, double RequestElsewhere, double Upload, double UploadElsewhere, double Download, double DownloadElsewhere, int Kept)
{
    public double Last => new[] { Request, RequestElsewhere, Upload, UploadElsewhere, Download, DownloadElsewhere }.Max();
}

/// <summary>A screener who sends a picture to each of both web processes and reads a large one from each, when something is taken away.</summary>
/// <param name="headers">By which they prove who they are.</param>
/// <param name="upload">Where pictures are sent.</param>
/// <param name="seen">What they look at again and again.</param>
public sealed partial class Subject(BenchService service, BenchPhoto photo, Guid person, string[] headers, string upload, string seen, Func<byte[], (byte[] Body, string[] Headers)> form)
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseCookies = false, UseProxy = false, AllowAutoRedirect = false, MaxConnectionsPerServer = 64 });
    private static int seeds = 1_000_000;

    /// <summary>With a token on a device of their own.</summary>
    public static async Task<Subject> WithTokenAsync(BenchService service, BenchPhoto photo, string name)
    {
        var (token, person) = await service.RunAsync<TokenDesk, (string, StaffMember)>(desk =>
            desk.IssueAsync(Act.OfSystem(photo.School.Id), new NewToken(Role.Screener, name, $"iPad of {name}"), default));
        return new(service, photo, person.Id, [$"Authorization: Bearer {token}"], $"/api/v1/photos?activity={photo.School.Activity}", $"/api/v1/photos/{photo.Id}", picture => (picture, []));
    }

    /// <summary>At a page, on no device: what is sent on a device goes on after the session.</summary>
    public static async Task<Subject> WithSessionAsync(BenchService service, BenchPhoto photo, string name)
    {
        var (person, link) = await service.RunAsync<StaffAdmin, (StaffMember, string)>(admin =>
            admin.AddAsync(Act.OfSystem(photo.School.Id), name, [Role.Screener], default));
        var session = await service.RunAsync<SignIn, SignedIn>(signIn => signIn.WithLinkAsync(link, default));
        string[] headers = [$"Cookie: photoguard={session.Secret}"];
        var path = $"/activities/{photo.School.Activity}";
        using var reply = await AskAsync(service.Settings.PublicUrl + path, headers);
        var seal = Seal().Match(await reply.Content.ReadAsStringAsync()).Groups["seal"].Value;
        if (seal.Length == 0) throw new InvalidOperationException($"The page shows no form: {reply.StatusCode}");
        return new(service, photo, person.Id, headers, $"{path}/pictures", $"/photos/{photo.Id}", picture => (
            [.. Encoding.ASCII.GetBytes($"--cut\r\nContent-Disposition: form-data; name=\"seal\"\r\n\r\n{seal}\r\n--cut\r\nContent-Disposition: form-data; name=\"pictures\"; filename=\"a.jpg\"\r\n\r\n"),
                .. picture, .. "\r\n--cut--\r\n"u8],
            ["Content-Type: multipart/form-data; boundary=cut"]));
    }

    /// <summary>Takes it away while everything runs.</summary>
    /// <param name="rest">Everything that is left is sent right after it was taken away, instead of byte by byte.</param>
    public async Task<Refused> TakeAwayAsync(Taken what, bool rest)
    {
        string[] both = [service.Settings.PublicUrl, service.SecondUrl];
        var uploads = new List<RunningCall>();
        var downloads = new List<RunningCall>();
        foreach (var at in both)
        {
            var (body, more) = form(DemoPictures.Jpeg(new DemoPicture { Seed = Interlocked.Increment(ref seeds), Width = 640, Height = 480, TakenAt = DateTimeOffset.UtcNow.AddDays(-1) }));
            uploads.Add(await RunningCall.SendAsync(new Uri(at + upload), body, [.. headers, .. more]));
            downloads.Add(await RunningCall.ReadAsync(new Uri($"{at}/api/v1/photos/{photo.Id}/renditions/web"), headers));
            using var sure = await AskAsync(at + seen, headers);
            if (sure.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"It was refused before: {sure.StatusCode}");
        }

        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sending = uploads.Select(call => call.UntilRefusedAsync(rest ? gone.Task : null)).ToList();
        var reading = downloads.Select(call => call.UntilCutAsync(BenchPhoto.Length)).ToList();
        var called = Stopwatch.GetTimestamp();
        await RevokeAsync(what);
        gone.SetResult();
        var asked = await Task.WhenAll(both.Select(UntilRefusedAsync));
        var (sent, read) = (await Task.WhenAll(sending), await Task.WhenAll(reading));
        foreach (var call in uploads.Concat(downloads)) call.Dispose();
        if (read.Any(one => one.Whole)) throw new InvalidOperationException("A download came to its end.");
        double Since(long at) => Stopwatch.GetElapsedTime(called, at).TotalMilliseconds;
        var kept = (int)await CountAsync("select count(*) from photos where uploaded_by = $1");
        return new(Since(asked[0]), Since(asked[1]), Since(sent[0].At), Since(sent[1].At), Since(read[0].At), Since(read[1].At), Math.Max(kept, sent.Count(one => one.Taken)));
    }

    private async Task RevokeAsync(Taken what)
    {
        var act = Act.OfSystem(photo.School.Id);
        if (what == Taken.Role) await RunAsync<StaffAdmin>(admin => admin.SetRolesAsync(act, person, [Role.Editor], default));
        else if (what == Taken.Person) await RunAsync<StaffAdmin>(admin => admin.LeaveAsync(act, person, default));
        else if (what == Taken.Session) await ExecuteAsync("delete from sessions where staff_id = $1");
        else if (what == Taken.Device)
        {
            var device = await ScalarAsync<Guid>("select device_id from access_tokens where staff_id = $1");
            await RunAsync<DeviceDesk>(desk => desk.RevokeAsync(act, device, default));
        }
        else
        {
            var token = await ScalarAsync<Guid>("select id from access_tokens where staff_id = $1");
            await RunAsync<TokenDesk>(desk => desk.RevokeAsync(act, token, default));
        }
    }

    private async Task<long> UntilRefusedAsync(string at)
    {
        while (true)
        {
            using var reply = await AskAsync(at + seen, headers);
            if (reply.StatusCode != HttpStatusCode.OK) return Stopwatch.GetTimestamp();
        }
    }

    private static async Task<HttpResponseMessage> AskAsync(string url, string[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        foreach (var header in headers) request.Headers.TryAddWithoutValidation(header.Split(": ")[0], header.Split(": ")[1]);
        return await Http.SendAsync(request);
    }

    private Task RunAsync<TOperation>(Func<TOperation, Task> operation) where TOperation : notnull => service.RunAsync<TOperation, bool>(async it =>
    {
        await operation(it);
        return true;
    });

    private Task<long> CountAsync(string sql) => ScalarAsync<long>(sql);

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = service.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        command.Parameters.AddWithValue(person);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = service.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        command.Parameters.AddWithValue(person);
        await command.ExecuteNonQueryAsync();
    }

    [GeneratedRegex("name=\"seal\" value=\"(?<seal>[^\"]+)\"")]
    private static partial Regex Seal();
}
