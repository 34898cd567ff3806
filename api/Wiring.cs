using System.Diagnostics;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using PhotoGuard.Api.Access;
using PhotoGuard.Api.Activities;
using PhotoGuard.Api.Audit;
using PhotoGuard.Api.Consent;
using PhotoGuard.Api.Devices;
using PhotoGuard.Api.Health;
using PhotoGuard.Api.Holds;
using PhotoGuard.Api.Media;
using PhotoGuard.Api.Pages;
using PhotoGuard.Api.Photos;
using PhotoGuard.Api.Problems;
using PhotoGuard.Api.Pupils;
using PhotoGuard.Api.Publication;
using PhotoGuard.Api.Recovery;
using PhotoGuard.Api.Removal;
using PhotoGuard.Api.Requests;
using PhotoGuard.Api.Retention;
using PhotoGuard.Api.Screening;
using PhotoGuard.Api.SignIn;
using PhotoGuard.Api.SignIn.OpenId;
using PhotoGuard.Api.Staff;
using PhotoGuard.Ingest.Photos;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Telemetry;

namespace PhotoGuard.Api;

/// <summary>What the host is made of: the one home of all wiring.</summary>
public static class Wiring
{
    /// <summary>
    /// How long a request waits for the database, s: then it is told to try again (field/reliability.md, fault 9, which asks for 5; many
    /// who write pupils at once wait longer than that for one another on a busy machine).
    /// </summary>
    private const int Patience = 10;

    public static void AddPhotoGuard(this WebApplicationBuilder builder)
    {
        var settings = PhotoGuardSettings.From(builder.Configuration);
        // Addresses hold one-time links and pseudonyms of pupils, so that no request is logged by its address. Entity Framework writes a failure
        // with all that it says into its own line; whoever asked the database tells of it in ours.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Critical);
        builder.Host.UseDefaultServiceProvider(options => options.ValidateOnBuild = options.ValidateScopes = true);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // A little above, so that a picture just too large is refused in our words.
            kestrel.Limits.MaxRequestBodySize = settings.MaxUploadBytes + 64 * 1024;
        });

        // What the system holds of a picture that is being sent is gone from our hands: little of it, so that cutting off is cutting off.
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = address =>
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(address);
            socket.SendBufferSize = 128 * 1024;
            return socket;
        });

        var services = builder.Services;
        services.AddSingleton<DistributedContextPropagator, NoTraceOfOthers>();
        services.AddTelemetry(settings, TelemetrySettings.From(builder.Configuration), "api");
        services.AddRecords(settings, Patience);
        services.AddIngest();
        services.AddSingleton<UploadRoom>();
        services.AddSingleton<UploadWatch>();
        services.AddSingleton<IMemoryPoolFactory<byte>, WideBlocks>();
        services.AddScoped<Idempotency>();
        services.AddScoped<PhotoShow>();
        services.AddScoped<Pages.Activities.PictureForm>();
        services.AddSingleton<GateFilter>();
        // No scheme by default: each group of endpoints says by what a caller proves who they are, and the rest asks nobody.
        services.AddAuthentication()
            .AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.Scheme, null)
            .AddScheme<AuthenticationSchemeOptions, SessionHandler>(SessionHandler.Scheme, null)
            .AddScheme<AuthenticationSchemeOptions, GrantHandler>(GrantHandler.Scheme, null)
            .AddSchoolAccounts(settings);
        services.AddAuthorizationBuilder()
            .AddPolicy(Policies.Calls, Policies.ForCalls)
            .AddPolicy(Policies.Media, Policies.ForMedia)
            .AddPolicy(Policies.Pages, Policies.ForPages)
            .AddPolicy(Policies.Uploads, Policies.ForUploads);
        services.ConfigureHttpJsonOptions(options => Json.Configure(options.SerializerOptions));
        services.AddOpenApi("v1", OpenApiSetup.Configure);
        services.AddPages();
        services.AddPasskeys(settings);
        services.AddReach(settings);
    }

    public static void UsePhotoGuard(this WebApplication app)
    {
        app.UseReach();
        app.UseMiddleware<RequestSpan>();
        app.UseMiddleware<ResponseHeaders>();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseStylesheet();
        app.UseMiddleware<GateMiddleware>();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();

        app.MapOpenApi();
        app.MapHealth();
        app.MapRazorPages();

        var gate = app.Services.GetRequiredService<GateFilter>();
        var api = app.MapGroup("/api/v1").RequireAuthorization(Policies.Calls).ProducesProblems().AddEndpointFilter(gate);
        api.MapStaff();
        api.MapTokens();
        api.MapDevices();
        api.MapPupils();
        api.MapConsents();
        api.MapActivities();
        api.MapAudit();
        api.MapAccess();
        api.MapPhotos();
        api.MapRedactions();
        api.MapScreening();
        api.MapHolds();
        api.MapChannels();
        api.MapRemovals();
        api.MapPurges();
        api.MapLifetimes();
        api.MapRestores();
        app.MapGroup("/api/v1").RequireAuthorization(Policies.Media).ProducesProblems().AddEndpointFilter(gate).MapMedia();
        app.MapGroup("/api/v1").RequireAuthorization(Policies.Uploads).ProducesProblems().AddEndpointFilter(gate).MapContinuedUpload();
    }
}
