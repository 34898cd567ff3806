using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using PhotoGuard.Api.Photos;
using PhotoGuard.Api.SignIn;
using PhotoGuard.Ingest.Photos;
using PhotoGuard.Records.Audit;
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
public sealed class PictureForm(UploadGrants grants, UploadRoom room, UploadWatch watch, IServiceScopeFactory scopes)
{
    public const int Most = 50;

    public List<SentPicture> Sent { get; } = [];

    /// <summary>On a device: the word by which sending goes on.</summary>
    public string? Grant { get; private set; }

    /// <param name="signedIn">Null where nobody is: what was begun on this device goes on.</param>
    /// <exception cref="Refusal"><c>form-too-old</c> 400 · <c>invalid</c> 422 · as <see cref="ActingStill.AgainAsync"/> (<see cref="IsOver"/>).</exception>
    /// <exception cref="InvalidDataException">It did not arrive whole.</exception>
    public async Task ReceiveAsync(HttpRequest request, Act? signedIn, Guid activity, CancellationToken cancel)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 } boundary)
            throw SealedForms.Unsealed();
        var form = new MultipartReader(boundary, request.Body);
        var act = await SenderAsync(request, form, signedIn, activity, cancel);
        await watch.WhileAsync(act, async read =>
        {
            await TakeAllAsync(form, act, activity, read);
            return true;
        }, cancel);
    }

    /// <summary>Of whoever was signed out or revoked meanwhile nothing more is read, and to them nothing is shown.</summary>
    public static bool IsOver(Refusal refusal) => refusal.Status == 401 || refusal.Type == "device-revoked";

    /// <summary>Who sends, by the form's first fields, so that nothing is taken before it is known.</summary>
    private async Task<Act> SenderAsync(HttpRequest request, MultipartReader form, Act? signedIn, Guid activity, CancellationToken cancel)
    {
        if (await form.ReadNextSectionAsync(cancel) is not { } first || await ReadFieldAsync(first, FormSeal.Field, cancel) is not { } seal)
            throw SealedForms.Unsealed();
        var browser = SessionCookie.ReadBrowser(request);
        if (signedIn is not null)
        {
            if (!FormSeal.Fits(request, seal)) throw SealedForms.Unsealed();
            if (await grants.BeginAsync(signedIn, activity, browser, cancel) is not { } begun) return signedIn;
            Grant = begun.Word;
            return begun.Act;
        }

        // No other site can know the word, so that it is a seal as well.
        Grant = await form.ReadNextSectionAsync(cancel) is { } second ? await ReadFieldAsync(second, "grant", cancel) : null;
        var who = await grants.OpenAsync(Grant, browser, cancel) ?? throw ActingStill.NotContinued();
        return who.DeviceRevoked ? throw ActingStill.DeviceRevoked() : new Act(who.SchoolId, who.Actor);
    }

    private async Task TakeAllAsync(MultipartReader form, Act act, Guid activity, CancellationToken cancel)
    {
        var attested = false;
        while (await form.ReadNextSectionAsync(cancel) is { } section)
        {
            attested |= await ReadFieldAsync(section, "attested", cancel) is not null;
            if (section.AsFileSection() is not { FileName.Length: > 0, FileStream: not null } file) continue;
            if (Sent.Count == Most) throw Refusals.Invalid($"At most {Most} pictures can be sent at a time. The first {Most} were looked at; send the others apart.");
            Sent.Add(await TakeAsync(file, act, activity, attested, cancel));
        }

        if (Sent.Count == 0) throw Refusals.Invalid("Please choose at least one picture.");
    }

    private async Task<SentPicture> TakeAsync(FileMultipartSection file, Act act, Guid activity, bool attested, CancellationToken cancel)
    {
        var name = Path.GetFileName(file.FileName);
        try
        {
            using var upload = await room.ReadAsync(file.FileStream!, null, cancel);
            // Each picture is an operation of its own, as if it had been sent alone.
            await using var scope = scopes.CreateAsyncScope();
            var received = await scope.ServiceProvider.GetRequiredService<PhotoIntake>().ReceiveAsync(act, activity, upload.Bytes, again: false, attested, cancel);
            return new(name, received.RemovedWords, null);
        }
        catch (Refusal refusal) when (!IsOver(refusal))
        {
            return new(name, [], refusal.Message);
        }
    }

    /// <returns>Null where it is another field, or too long to be one of ours.</returns>
    private static async Task<string?> ReadFieldAsync(MultipartSection section, string field, CancellationToken cancel)
    {
        if (section.AsFormDataSection() is not { } data || data.Name != field) return null;
        var text = new byte[200];
        var length = await section.Body.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, cancel);
        return length == text.Length ? null : System.Text.Encoding.ASCII.GetString(text, 0, length);
    }
}
