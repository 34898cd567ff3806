using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using PhotoGuard.Api.Photos;
using PhotoGuard.Ingest.Photos;
using PhotoGuard.Records.Activities;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages.Activities;

/// <summary>What became of one file of those sent together.</summary>
/// <param name="Name">As the device called it; shown and never kept.</param>
/// <param name="Removed">What was taken out of it, in words.</param>
/// <param name="Refused">Why it was not taken; null where it was.</param>
public sealed record SentPicture(string Name, IReadOnlyList<string> Removed, string? Refused);

/// <summary>
/// Several pictures sent in one form. They are read one after the other, each wholly in memory: nothing is put on disk before it
/// is scrubbed (law 1).
/// </summary>
[StreamedForm]
public sealed class SendPage(ActivityDesk desk, UploadTerms terms, UploadRoom room, IServiceScopeFactory scopes, PhotoGuardSettings settings) : PlainPage
{
    private const int Most = 50;

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public ActivityState Shown { get; private set; } = null!;
    public List<SentPicture> Sent { get; } = [];

    /// <summary>Whether pictures of other cameras are taken where the sender attests that no copy stays there (P5).</summary>
    public bool AsksAttestation { get; private set; }

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        Shown = await desk.ShowAsync(Act, Id, cancel);
        AsksAttestation = await terms.OtherCamerasAsync(Act, cancel) == OtherCameras.Attest;
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = (long)Most * settings.MaxUploadBytes;
        try
        {
            await ReceiveAllAsync(cancel);
        }
        catch (Refusal refusal) when (refusal.Status < 500)
        {
            return await ShowRefusedAsync(refusal, cancel);
        }
        catch (InvalidDataException)
        {
            return await ShowRefusedAsync(Refusals.Invalid("The pictures did not arrive whole. Please send them again."), cancel);
        }

        if (Sent.TrueForAll(sent => sent.Refused is not null)) Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        await LoadAsync(cancel);
        return Page();
    }

    private async Task ReceiveAllAsync(CancellationToken cancel)
    {
        if (!MediaTypeHeaderValue.TryParse(Request.ContentType, out var type) || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 } boundary)
            throw SealedForms.Unsealed();
        var form = new MultipartReader(boundary, Request.Body);
        // The seal is the form's first field, so that nothing is taken before it is known.
        if (await form.ReadNextSectionAsync(cancel) is not { } first || !FormSeal.Fits(Request, await ReadFieldAsync(first, FormSeal.Field, cancel)))
            throw SealedForms.Unsealed();

        var attested = false;
        while (await form.ReadNextSectionAsync(cancel) is { } section)
        {
            attested |= await ReadFieldAsync(section, "attested", cancel) is not null;
            if (section.AsFileSection() is not { FileName.Length: > 0, FileStream: not null } file) continue;
            if (Sent.Count == Most) throw Refusals.Invalid($"At most {Most} pictures can be sent at a time. The first {Most} were looked at; send the others apart.");
            Sent.Add(await ReceiveAsync(file, attested, cancel));
        }

        if (Sent.Count == 0) throw Refusals.Invalid("Please choose at least one picture.");
    }

    private async Task<SentPicture> ReceiveAsync(FileMultipartSection file, bool attested, CancellationToken cancel)
    {
        var name = Path.GetFileName(file.FileName);
        try
        {
            using var upload = await room.ReadAsync(file.FileStream!, null, cancel);
            // Each picture is an operation of its own, as if it had been sent alone.
            await using var scope = scopes.CreateAsyncScope();
            var received = await scope.ServiceProvider.GetRequiredService<PhotoIntake>().ReceiveAsync(Act, Id, upload.Bytes, again: false, attested, cancel);
            return new(name, received.RemovedWords, null);
        }
        catch (Refusal refusal)
        {
            return new(name, [], refusal.Message);
        }
    }

    private static async Task<string?> ReadFieldAsync(MultipartSection section, string field, CancellationToken cancel)
    {
        if (section.AsFormDataSection() is not { } data || data.Name != field) return null;
        var text = new byte[200];
        var length = await section.Body.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, cancel);
        return System.Text.Encoding.ASCII.GetString(text, 0, length);
    }
}
