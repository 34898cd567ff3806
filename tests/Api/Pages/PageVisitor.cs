using System.Net;
using AngleSharp;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace PhotoGuard.Tests.Api.Pages;

/// <summary>Somebody who reads pages and sends their forms over real HTTP, with a cookie jar and without a browser.</summary>
public sealed class PageVisitor(Uri address) : IDisposable
{
    private readonly CookieContainer cookies = new();
    private HttpClient? client;

    private HttpClient http => client ??= new(new SocketsHttpHandler { CookieContainer = cookies })
    {
        BaseAddress = address,
        DefaultRequestHeaders = { { "Accept", "text/html" } },
    };

    /// <summary>What the browser would send, as the value of a Cookie header.</summary>
    public string Cookies => cookies.GetCookieHeader(address);

    public async Task<PageSeen> GetAsync(string path) => await SeenAsync(await http.GetAsync(new Uri(path, UriKind.Relative)));

    /// <summary>Loads the page, fills in its form and sends it; what is not named is sent as it stands.</summary>
    /// <param name="path">Of the page.</param>
    /// <param name="fields">By name; the last wins.</param>
    public Task<PageSeen> PostAsync(string path, params (string Name, string Value)[] fields) => PostToAsync(path, null, fields);

    /// <inheritdoc cref="PostAsync"/>
    /// <param name="action">The form's action; null for the first form of the page's main part.</param>
    public async Task<PageSeen> PostToAsync(string path, string? action, params (string Name, string Value)[] fields)
    {
        var page = await GetAsync(path);
        var form = page.Document.QuerySelectorAll<IHtmlFormElement>("main form[method=post]")
            .FirstOrDefault(one => action is null || one.GetAttribute("action") == action);
        Assert.True(form is not null, $"There is no such form on {path}: {page.Words}");
        var named = fields.Select(field => field.Name).ToHashSet();
        var values = form.QuerySelectorAll<IHtmlInputElement>("input")
            .Where(input => input.Name is not null && !named.Contains(input.Name) && (input.Type is not ("checkbox" or "radio") || input.IsChecked))
            .Select(input => KeyValuePair.Create(input.Name!, input.Value))
            .Concat(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await SendAsync(form.GetAttribute("action") ?? path, new FormUrlEncodedContent(values));
    }

    /// <summary>Sends files as the form of an activity does.</summary>
    public async Task<PageSeen> SendFilesAsync(string path, params (string Name, byte[] Bytes)[] files)
    {
        var seal = (await GetAsync(path)).Document.QuerySelector<IHtmlInputElement>("main input[name=seal]")!.Value;
        var form = new MultipartFormDataContent { { new StringContent(seal), "seal" } };
        foreach (var (name, bytes) in files) form.Add(new ByteArrayContent(bytes), "pictures", name);
        return await SendAsync(path, form);
    }

    public async Task<PageSeen> SendAsync(string path, HttpContent content) =>
        await SeenAsync(await http.PostAsync(new Uri(path, UriKind.Relative), content));

    public void Dispose() => client?.Dispose();

    private static async Task<PageSeen> SeenAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var context = BrowsingContext.New(Configuration.Default);
            var document = await context.OpenAsync(request => request.Content(response.Content.ReadAsStream()));
            return new((int)response.StatusCode, response.RequestMessage!.RequestUri!.PathAndQuery, document);
        }
    }
}

/// <summary>A page as it was answered.</summary>
/// <param name="Path">Where it is, after redirects.</param>
public sealed record PageSeen(int Status, string Path, IDocument Document)
{
    public string Words => string.Join(' ', Document.Body!.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The sentence on top, where something was refused.</summary>
    public string? Refused => Document.QuerySelector(".note.refused[role=alert]")?.TextContent.Trim();

    public PageSeen Must(params int[] statuses)
    {
        Assert.True(statuses.Contains(Status), $"{Status} at {Path}: {Words}");
        return this;
    }

    public PageSeen MustSay(string words)
    {
        Assert.Contains(words, Words, StringComparison.Ordinal);
        return this;
    }

    /// <summary>What an input or text area of the page holds.</summary>
    public string? Held(string name) => Document.QuerySelector($"main [name={name}]") switch
    {
        IHtmlInputElement input => input.Value,
        IHtmlTextAreaElement area => area.Value,
        _ => null,
    };
}
