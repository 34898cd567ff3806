using PhotoGuard.Records.Telemetry;

namespace PhotoGuard.Api;

/// <summary>The JSON API, the pages and media in one host.</summary>
public static class Program
{
    public static void Main(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Logging.AddJsonLines();
        builder.AddPhotoGuard();
        var app = builder.Build();
        app.UsePhotoGuard();
        app.Run();
    }
}
