using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PhotoGuard.Api;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Tests.Api.Building;

/// <summary>
/// The api on a real Kestrel over real HTTP, with databases and a store of its own. As a class fixture: one for each test class.
/// </summary>
public sealed class TestApi : IAsyncLifetime
{
    private WebApplication? app;

    public TestRecords Records { get; private set; } = null!;

    /// <summary>Where it listens, e.g. http://127.0.0.1:40123.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Nobody: no token.</summary>
    public Person Nobody => new(Address, null, Guid.Empty);

    public async Task InitializeAsync()
    {
        Records = await TestRecords.CreateAsync();
        app = await StartAsync(Records.Settings);
        Address = AddressOf(app);
    }

    /// <summary>The api over records that the test made; both end together.</summary>
    /// <param name="log">Where it logs to, as the product decides what; null for nowhere.</param>
    public static async Task<TestApi> OverAsync(TestRecords records, ILoggerProvider? log = null)
    {
        var app = await StartAsync(records.Settings, log);
        return new TestApi { Records = records, app = app, Address = AddressOf(app) };
    }

    /// <summary>An api that runs elsewhere, over records that the test made.</summary>
    public static TestApi At(Uri address, TestRecords records) => new() { Records = records, Address = address };

    /// <summary>Starts one more node over the same databases and store. The caller disposes it.</summary>
    public static async Task<WebApplication> StartAsync(PhotoGuardSettings settings, ILoggerProvider? log = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // Where pages and their files are found.
            ApplicationName = "PhotoGuard.Api",
            ContentRootPath = Path.Combine(PhotosFolder.ProjectRoot, "api"),
        });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["PHOTOGUARD_DATABASE"] = settings.Database,
            ["PHOTOGUARD_KEYS"] = settings.Keys,
            ["PHOTOGUARD_DATA"] = settings.Data,
            ["PHOTOGUARD_ROOT_KEY"] = settings.RootKey,
            ["PHOTOGUARD_BLOBS"] = settings.Blobs,
            ["PHOTOGUARD_CLAMD"] = settings.Clamd,
            ["PHOTOGUARD_ERASURE"] = settings.KeyOnlyErasure ? "key-only" : null,
            ["PHOTOGUARD_NODE"] = settings.Node,
            ["PHOTOGUARD_LEDGER"] = settings.Ledger,
            ["PHOTOGUARD_SIGN_IN"] = settings.SignIn,
            ["PHOTOGUARD_PUBLIC_URL"] = settings.PublicUrl,
            ["PHOTOGUARD_MAX_UPLOAD_MB"] = settings.MaxUploadMb.ToString(CultureInfo.InvariantCulture),
        });
        builder.Logging.ClearProviders();
        if (log is not null) builder.Logging.AddProvider(log);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddPhotoGuard();
        var app = builder.Build();
        app.UsePhotoGuard();
        await app.StartAsync();
        return app;
    }

    public static Uri AddressOf(WebApplication app) =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>A new school, in a database that other schools of the test share.</summary>
    public async Task<TestSchool> SchoolAsync(PolicyProfile profile = PolicyProfile.Strict, string zone = "Europe/London") =>
        new(this, await Records.AddSchoolAsync(profile, zone));

    /// <summary>Ends the api alone; its records go on.</summary>
    public ValueTask CloseAsync() => app?.DisposeAsync() ?? ValueTask.CompletedTask;

    public async Task DisposeAsync()
    {
        await CloseAsync();
        await Records.DisposeAsync();
    }
}
