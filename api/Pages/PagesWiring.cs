using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;
using PhotoGuard.Api.Recovery;
using PhotoGuard.Api.SignIn;

namespace PhotoGuard.Api.Pages;

/// <summary>The pages and their one stylesheet, which travel inside the program.</summary>
public static class PagesWiring
{
    /// <summary>Differs with every build, so that no browser shows a new page in an old dress.</summary>
    public static string Version { get; } = typeof(PagesWiring).Module.ModuleVersionId.ToString("N")[..12];

    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddRazorPages(options =>
        {
            options.Conventions.AuthorizeFolder("/", Policies.Pages);
            options.Conventions.AllowAnonymousToPage("/SignIn/Index");
            options.Conventions.AllowAnonymousToPage("/SignIn/Link");
            options.Conventions.AllowAnonymousToPage("/SignIn/Code");
            options.Conventions.AllowAnonymousToPage("/Devices/Enrol");
            // What was begun on a device goes on there; the page itself asks who sends.
            options.Conventions.AllowAnonymousToPage("/Activities/Send");
            options.Conventions.AddPageRoute("/Pupils/Edit", "/pupils/new");
            // Forms are sealed by our own filter, which any node can check without a key of its own.
            options.Conventions.ConfigureFilter(new IgnoreAntiforgeryTokenAttribute());
            options.Conventions.ConfigureFilter(new SealedForms());
            options.Conventions.ConfigureFilter(new NamedHandlers());
        }).AddMvcOptions(options => options.Filters.AddService<GateFilter>());
        return services;
    }

    public static void UseStylesheet(this WebApplication app) => app.UseStaticFiles(new StaticFileOptions
    {
        FileProvider = new EmbeddedFileProvider(typeof(PagesWiring).Assembly, "PhotoGuard.Api.wwwroot"),
        OnPrepareResponse = file =>
        {
            file.Context.Response.ContentType += "; charset=utf-8";
            file.Context.Response.Headers[HeaderNames.CacheControl] = "public, max-age=31536000, immutable";
        },
    });
}
