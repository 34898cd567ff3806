using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.Api.OpenId;

/// <summary>Two nodes of the api that know providers of school accounts, over one set of records.</summary>
public sealed class OpenIdHouse : IAsyncDisposable
{
    public const string ClientSecret = "a-secret-of-the-tests-0123456789abcdef";
    private readonly List<WebApplication> nodes = [];

    public TestRecords Records { get; private set; } = null!;
    public IReadOnlyList<Uri> Nodes => [.. nodes.Select(TestApi.AddressOf)];

    public static async Task<OpenIdHouse> OpenAsync(params object[] providers)
    {
        var house = new OpenIdHouse { Records = await TestRecords.CreateAsync() };
        var settings = house.Records.Settings with { SignIn = Path.Combine(house.Records.Settings.Data, "sign-in.json") };
        await File.WriteAllTextAsync(settings.SignIn, JsonSerializer.Serialize(providers));
        File.SetUnixFileMode(settings.SignIn, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        for (var node = 0; node < 2; node++) house.nodes.Add(await TestApi.StartAsync(settings));
        return house;
    }

    /// <summary>A person with a link that is not used yet.</summary>
    public async Task<(StaffMember Person, string Link)> PersonAsync(Role role = Role.Teacher)
    {
        var school = await Records.AddSchoolAsync();
        return await Records.RunAsync<StaffAdmin, (StaffMember, string)>(it => it.AddAsync(Act.OfSystem(school.Id), "Grace Hopper", [role], default));
    }

    /// <summary>Somebody's browser at the first node.</summary>
    public HandBrowser Browser() => new(Nodes[0]);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes) await node.DisposeAsync();
        await Records.DisposeAsync();
    }
}

/// <summary>A browser that follows nothing by itself, so that a test can stop, change and repeat what is sent.</summary>
public sealed class HandBrowser(Uri address) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() })
    {
        DefaultRequestHeaders = { { "Accept", "text/html" } },
    };

    public async Task<(HttpStatusCode Status, string? To, string Text)> GetAsync(string path) => await SeenAsync(await http.GetAsync(new Uri(address, path)));

    /// <summary>Sends a form of ours with the seal of the page that it stands on.</summary>
    public async Task<(HttpStatusCode Status, string? To, string Text)> PostAsync(string page, string path, params (string Name, string Value)[] fields)
    {
        var seal = (await GetAsync(page)).Text.Split("name=\"seal\" value=\"")[1].Split('"')[0];
        return await SeenAsync(await http.PostAsync(new Uri(address, path), new FormUrlEncodedContent(
            fields.Append(("seal", seal)).Select(field => KeyValuePair.Create(field.Item1, field.Item2)))));
    }

    /// <summary>Signs in by a one-time link.</summary>
    public async Task ByLinkAsync(string link) => Assert.Equal(HttpStatusCode.Redirect, (await PostAsync($"/sign-in/{link}", $"/sign-in/{link}")).Status);

    /// <summary>Begins at the sign-in page, or as a link of one's own account.</summary>
    /// <returns>Where the provider sends the browser back to.</returns>
    public async Task<string> ThroughAsync(string provider, bool link = false, string to = "/activities")
    {
        var begun = link
            ? await PostAsync("/your-sign-in", "/your-sign-in?handler=link", ("with", provider))
            : await PostAsync("/sign-in", "/sign-in?handler=with", ("with", provider), ("to", to));
        Assert.True(begun.Status == HttpStatusCode.OK && begun.Text.Contains("0;url=", StringComparison.Ordinal), $"{begun.Status} {begun.To} {begun.Text}");
        using var answer = await http.GetAsync(new Uri(WebUtility.HtmlDecode(begun.Text.Split("0;url=")[1].Split('"')[0])));
        return answer.Headers.Location!.ToString();
    }

    public void Dispose() => http.Dispose();

    private static async Task<(HttpStatusCode, string?, string)> SeenAsync(HttpResponseMessage answer)
    {
        using (answer) return (answer.StatusCode, answer.Headers.Location?.ToString(), await answer.Content.ReadAsStringAsync());
    }
}
