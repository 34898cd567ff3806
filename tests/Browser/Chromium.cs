using Microsoft.Playwright;

namespace PhotoGuard.Tests.Browser;

/// <summary>The machine's own Chromium, one for a test class. <c>PHOTOGUARD_CHROMIUM</c> names another.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright playwright = null!;
    private IBrowser browser = null!;

    /// <summary>Path of the program; null where there is none.</summary>
    public static string? Program { get; } =
        new[] { Environment.GetEnvironmentVariable("PHOTOGUARD_CHROMIUM"), "/usr/bin/chromium" }.FirstOrDefault(File.Exists);

    public async Task InitializeAsync()
    {
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Program,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        });
    }

    /// <summary>A person at an iPad.</summary>
    public Task<Visitor> IPadAsync(Uri address) => VisitorAsync(address, playwright.Devices["iPad (gen 7)"]);

    /// <summary>A person at a desk.</summary>
    /// <param name="scripts">Only for what a browser does by script alone: every page promises to work without.</param>
    /// <param name="other">Port of another server of this machine that they may come to; 0 for none.</param>
    public Task<Visitor> DesktopAsync(Uri address, bool scripts = false, int other = 0) => VisitorAsync(
        address, new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1280, Height = 900 }, JavaScriptEnabled = scripts }, other);

    public async Task DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }

    private async Task<Visitor> VisitorAsync(Uri address, BrowserNewContextOptions options, int other = 0)
    {
        options.BaseURL = address.ToString();
        options.JavaScriptEnabled ??= false;
        return new(await (await browser.NewContextAsync(options)).NewPageAsync(), address, other);
    }
}

/// <summary>A test that needs a real browser; counted as skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Chromium.Program is null ? "Chromium is not installed" : null;
}
