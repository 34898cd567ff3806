using PhotoGuard.Api.NeedToKnow;
using PhotoGuard.Records.Telemetry;

namespace PhotoGuard.Api;

/// <summary>The JSON API, the pages and media in one host.</summary>
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is [RouteCheck.Verb, .. var rest]) return await RouteCheck.RunAsync(rest.FirstOrDefault());
        var builder = WebApplication.CreateBuilder(args);
        builder.Logging.AddJsonLines();
        builder.AddPhotoGuard();
        var app = builder.Build();
        app.UsePhotoGuard();
        await app.RunAsync();
        return 0;
    }
}
