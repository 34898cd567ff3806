using Microsoft.Extensions.DependencyInjection;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Work;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Flows;
using PhotoGuard.Workers.Sandbox;

namespace PhotoGuard.Tests.Api.Pages;

/// <summary>What the ICT lead is told of the workers.</summary>
public sealed class OperationsPageTests : IAsyncLifetime
{
    private readonly TestApi api = new();
    private PhotoFlows look = null!;
    private TestSchool school = null!;
    private PageVisitor ict = null!;

    public async Task InitializeAsync()
    {
        await api.InitializeAsync();
        look = PhotoFlows.Over(api.Records.Settings);
        school = await api.SchoolAsync();
        ict = await school.VisitAsync(Role.Ict);
    }

    public async Task DisposeAsync()
    {
        ict.Dispose();
        await look.DisposeAsync();
        await api.DisposeAsync();
    }

    [Fact]
    public async Task Without_bubblewrap_a_worker_decodes_nothing_and_that_is_red_until_another_one_can()
    {
        var photo = await school.UploadAsync(await school.ActivityAsync(), TestPhotos.Picture(64, 48));
        await using (await WorkersAsync("n1", new() { Bubblewrap = null }))
        {
            await RedAsync("Worker n1 decodes no pictures.", "bubblewrap is missing");
            Assert.Equal(1, await look.CountAsync("select count(*) from work where subject = $1 and attempts = 0", photo));

            await using (await WorkersAsync("n2", new()))
            {
                await RenderedAsync(photo);
                await Eventually.IsAsync("both are listed", async () => (await ict.GetAsync("/operations")) is var page
                    && page.Words.Contains("n1 not decoded", StringComparison.Ordinal) && page.Words.Contains("n2 decoded in a sandbox", StringComparison.Ordinal));
            }
        }
        Assert.Contains("No worker runs.", Red(await ict.GetAsync("/operations")));
    }

    [Fact]
    public async Task Told_to_decode_without_a_sandbox_a_worker_does_and_that_is_red()
    {
        var photo = await school.UploadAsync(await school.ActivityAsync(), TestPhotos.Picture(64, 48));
        await using var workers = await WorkersAsync("n1", new() { Bubblewrap = null, AllowUnsandboxed = true });
        await RenderedAsync(photo);
        await RedAsync("Worker n1 decodes pictures WITHOUT a sandbox.", "PHOTOGUARD_DECODE_UNSANDBOXED=1");
    }

    [Fact]
    public async Task A_sandbox_that_does_not_start_is_red_and_no_pictures_fault()
    {
        var photo = await school.UploadAsync(await school.ActivityAsync(), TestPhotos.Picture(64, 48));
        await using var workers = await WorkersAsync("n1", new() { Bubblewrap = "/usr/bin/false" });
        await RedAsync("Worker n1 decodes no pictures.", "The decoder does not start.");
        await Eventually.IsAsync("the picture is put off", async () =>
            await look.CountAsync("select count(*) from work where subject = $1 and attempts = 0 and due_at > now() and losses = 0", photo) == 1);
    }

    [Fact]
    public async Task In_a_sandbox_nothing_is_red()
    {
        await using var workers = await WorkersAsync("n1", new());
        await Eventually.IsAsync("the worker is listed", async () => (await ict.GetAsync("/operations")).Words.Contains("n1 decoded in a sandbox", StringComparison.Ordinal));
        Assert.Equal("", Red(await ict.GetAsync("/operations")));
    }

    [Fact]
    public async Task A_worker_that_gives_no_sign_for_thirty_seconds_is_missed()
    {
        await look.RunAsync(async (WorkerSigns signs) =>
        {
            await signs.GiveAsync("n7", Decoding.Sandboxed, null, starting: true, CancellationToken.None);
            return true;
        });
        Assert.Equal("", Red(await ict.GetAsync("/operations")));

        await look.CountAsync("with passed as (update workers set seen_at = now() - interval '31 s' returning 1) select count(*) from passed");
        Assert.Contains("Worker n7 has not been seen since", Red(await ict.GetAsync("/operations")));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("0", false)]
    [InlineData("true", false)]
    [InlineData("1", true)]
    public void Only_the_number_one_allows_it(string? told, bool allowed)
    {
        Environment.SetEnvironmentVariable(DecoderSettings.UnsandboxedVariable, told);
        try
        {
            Assert.Equal(allowed, DecoderSettings.FromEnvironment().AllowUnsandboxed);
        }
        finally
        {
            Environment.SetEnvironmentVariable(DecoderSettings.UnsandboxedVariable, null);
        }
    }

    private Task<TestWorkers> WorkersAsync(string node, DecoderSettings decoding) =>
        TestWorkers.StartAsync(api.Records.Settings with { Node = node }, services => services.AddSingleton(decoding));

    private Task RenderedAsync(Guid photo) => Eventually.IsAsync("the renditions", async () =>
        await look.CountAsync("select count(*) from objects where photo_id = $1 and stored_at is not null", photo) == 3);

    private Task RedAsync(params string[] words) => Eventually.IsAsync(words[0], async () =>
        Red(await ict.GetAsync("/operations")) is var red && words.All(word => red.Contains(word, StringComparison.Ordinal)));

    private static string Red(PageSeen page) =>
        string.Join(' ', page.Must(200).Document.QuerySelectorAll("main .note.refused").Select(note => note.TextContent));
}
