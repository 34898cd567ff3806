using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace PhotoGuard.Tests.Browser;

/// <summary>A person with a browser of their own, and what it asked for.</summary>
public sealed class Visitor : IAsyncDisposable
{
    // Where a person looks at the pictures of the pages; nothing is written unless it is set.
    private static readonly string? Shots = Environment.GetEnvironmentVariable("PHOTOGUARD_SCREENSHOTS");
    private readonly ConcurrentQueue<string> wrong = new();

    /// <param name="other">Port of another server of this machine that is asked as well; 0 for none.</param>
    public Visitor(IPage page, Uri address, int other = 0)
    {
        Page = page;
        page.Request += (_, request) =>
        {
            var asked = new Uri(request.Url);
            if (asked.Scheme is "http" or "https" && asked.Authority != address.Authority && asked.Authority != $"127.0.0.1:{other}" && !IsOf(other, request)) wrong.Enqueue($"asked another host: {request.Url}");
        };
        page.Response += (_, response) =>
        {
            if (response.Status >= 500) wrong.Enqueue($"{response.Status} {response.Url}");
        };
    }

    public IPage Page { get; }

    /// <summary>What another server's page asks for is its own affair.</summary>
    private static bool IsOf(int other, IRequest request) => other != 0 && new Uri(request.Frame.Url).Port == other;

    /// <summary>Signs in by a one-time link, and leaves the choice of a password for later.</summary>
    public async Task SignInAsync(string link)
    {
        await Page.GotoAsync($"/sign-in/{link}");
        await PressAsync("Sign me in");
        await LoadAfterAsync(() => Page.GetByText("Later").ClickAsync());
    }

    public Task OpenAsync(string path) => Page.GotoAsync(path);

    /// <summary>Presses a button and waits for the page after it.</summary>
    public Task PressAsync(string name) => LoadAfterAsync(() =>
        Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).First.ClickAsync());

    /// <summary>Does what leads to another page, and waits until that is there with its pictures.</summary>
    public async Task LoadAfterAsync(Func<Task> act)
    {
        var loaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Loaded(object? sender, IPage page) => loaded.TrySetResult();
        Page.Load += Loaded;
        try
        {
            await act();
            await loaded.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }
        finally
        {
            Page.Load -= Loaded;
        }
    }

    /// <summary>Taps what a label says.</summary>
    public Task TapAsync(string label) => Page.GetByLabel(label, new() { Exact = true }).First.CheckAsync();

    /// <summary>The page's words.</summary>
    public Task<string> WordsAsync() => Page.InnerTextAsync("body");

    public async Task SeesAsync(string words) => Assert.Contains(words, await WordsAsync(), StringComparison.Ordinal);

    /// <summary>Pictures that are shown, loaded whole, in the page's order.</summary>
    public Task<int> PicturesAsync() => Page.Locator("main img").CountAsync();

    /// <summary>For people who look at the pages.</summary>
    public async Task ShootAsync(string name)
    {
        if (Shots is null) return;
        Directory.CreateDirectory(Shots);
        await Page.ScreenshotAsync(new() { Path = Path.Combine(Shots, $"{name}.png"), FullPage = true });
    }

    /// <summary>Nothing was asked of another host, and nothing failed inside.</summary>
    public async ValueTask DisposeAsync()
    {
        await Page.Context.CloseAsync();
        Assert.Empty(wrong);
    }
}
