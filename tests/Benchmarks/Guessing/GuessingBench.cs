using System.Diagnostics;
using System.Globalization;
using System.Net;
using PhotoGuard.Benchmarks.Service;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Benchmarks.Guessing;

/// <summary>
/// <c>guessing</c>: 1,000 wrong passwords a minute for one teacher's name, each from another network, through the real web process as a proxy passes
/// them on. Meanwhile the teacher signs in every other second: in the browser they know, and in a new one at the school. How many guesses are
/// compared at all, and whether the teacher is kept out.
/// </summary>
public static class GuessingBench
{
    private const string Name = "tom.hall";
    private const string Password = "correct horse 7 battery";
    private const string AtSchool = "198.51.100.7";

    public static async Task MeasureAsync(BenchReport report)
    {
        var seconds = report.Quick ? 20 : 120;
        var guesses = seconds * 1000 / 60;
        Environment.SetEnvironmentVariable("PHOTOGUARD_PROXIES", "127.0.0.1");
        await using var service = await BenchService.StartAsync();
        var school = await BenchSchool.AddAsync(service);
        await using var api = await service.StartApiAsync();
        var (person, link) = await service.RunAsync<StaffAdmin, (StaffMember, string)>(it => it.AddAsync(Act.OfSystem(school.Id), "Tom Hall", [Role.Teacher], default));
        using var known = new Visitor(service.Settings.PublicUrl, AtSchool);
        await known.PostAsync($"/sign-in/{link}", []);
        await known.PostAsync("/sign-in-name", new() { ["name"] = Name, ["password"] = Password });

        using var attacker = new Visitor(service.Settings.PublicUrl, null);
        var seal = await attacker.SealAsync("/sign-in");
        var (compared, slowed, other) = (0, 0, 0);
        List<double> inKnown = [], inNew = [], slowAnswers = [];
        var refused = 0;
        var clock = Stopwatch.StartNew();
        var attack = Task.Run(async () =>
        {
            var running = new List<Task>();
            for (var guess = 0; guess < guesses; guess++)
            {
                var wait = TimeSpan.FromSeconds(guess * 60.0 / 1000) - clock.Elapsed;
                if (wait > TimeSpan.Zero) await Task.Delay(wait);
                running.Add(GuessAsync(guess));
            }

            await Task.WhenAll(running);
        });

        while (!attack.IsCompleted)
        {
            refused += await SignInAsync(known, inKnown) ? 0 : 1;
            using var fresh = new Visitor(service.Settings.PublicUrl, "198.51.100.200");
            refused += await SignInAsync(fresh, inNew) ? 0 : 1;
            await Task.WhenAny(attack, Task.Delay(2000));
        }

        await attack;
        var minutes = clock.Elapsed.TotalMinutes;
        report.Figure("guesses", compared + slowed + other);
        report.Figure("guessesPerMinute", (compared + slowed + other) / minutes);
        report.Figure("compared", compared);
        report.Figure("slowedDown", slowed);
        report.Figure("otherAnswers", other);
        report.Figure("signIns", inKnown.Count + inNew.Count);
        report.Figure("signInsRefused", refused);
        report.Figure("signInP50Ms", Quantile([.. inKnown, .. inNew], 0.5));
        report.Figure("signInP99Ms", Quantile([.. inKnown, .. inNew], 0.99));
        report.Figure("slowedDownP50Ms", Quantile(slowAnswers, 0.5));

        async Task GuessAsync(int guess)
        {
            var since = Stopwatch.GetTimestamp();
            var status = await attacker.SendAsync("/sign-in", new() { ["seal"] = seal, ["name"] = Name, ["password"] = $"a wrong one {guess}" }, Network(guess));
            if (status == HttpStatusCode.Unauthorized) Interlocked.Increment(ref compared);
            else if (status == HttpStatusCode.TooManyRequests) Interlocked.Increment(ref slowed);
            else Interlocked.Increment(ref other);
            lock (slowAnswers)
                if (status == HttpStatusCode.TooManyRequests) slowAnswers.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
        }
    }

    private static async Task<bool> SignInAsync(Visitor visitor, List<double> took)
    {
        var since = Stopwatch.GetTimestamp();
        var status = await visitor.PostAsync("/sign-in", new() { ["name"] = Name, ["password"] = Password });
        took.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
        return status == HttpStatusCode.Redirect;
    }

    private static string Network(int guess) => string.Create(CultureInfo.InvariantCulture, $"{20 + (guess / 62500)}.{guess / 250 % 250}.{guess % 250}.9");

    private static double Quantile(List<double> values, double share) => values.Order().ElementAt((int)Math.Ceiling(share * values.Count) - 1);

    /// <summary>A browser behind a proxy that says where it is.</summary>
    private sealed class Visitor(string address, string? from) : IDisposable
    {
        private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new() }) { BaseAddress = new(address) };

        public async Task<string> SealAsync(string path)
        {
            using var request = Request(HttpMethod.Get, path, from);
            using var page = await http.SendAsync(request);
            return (await page.Content.ReadAsStringAsync()).Split("name=\"seal\" value=\"")[1].Split('"')[0];
        }

        public async Task<HttpStatusCode> PostAsync(string path, Dictionary<string, string> form)
        {
            form["seal"] = await SealAsync(path);
            return await SendAsync(path, form, from);
        }

        public async Task<HttpStatusCode> SendAsync(string path, Dictionary<string, string> form, string? network)
        {
            using var request = Request(HttpMethod.Post, path, network);
            request.Content = new FormUrlEncodedContent(form);
            using var answer = await http.SendAsync(request);
            return answer.StatusCode;
        }

        public void Dispose() => http.Dispose();

        private static HttpRequestMessage Request(HttpMethod method, string path, string? network)
        {
            var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
            request.Headers.Add("Accept", "text/html");
            if (network is not null) request.Headers.Add("X-Forwarded-For", network);
            return request;
        }
    }
}
