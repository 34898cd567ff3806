using System.Security.Claims;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Api.SignIn;
using PhotoGuard.Records.Activities;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages.Activities;

/// <summary>
/// Pictures are sent. Who was signed out meanwhile, or before, goes on with what they began on the device, and sees what became of it
/// and nothing of the activity (docs/decisions/0027).
/// </summary>
[StreamedForm]
public sealed class SendPage(
    ActivityDesk desk, UploadTerms terms, UploadGrants grants, PictureForm pictures, Recognition recognition, Sessions sessions,
    PhotoGuardSettings settings) : PlainPage
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    /// <summary>Null where nobody is signed in.</summary>
    public ActivityState? Shown { get; private set; }

    public IReadOnlyList<SentPicture> Sent => pictures.Sent;

    /// <summary>On a device: the word by which sending goes on when the person is signed out.</summary>
    public string? Grant { get; private set; }

    /// <summary>Whether pictures of other cameras are taken where the sender attests that no copy stays there (P5).</summary>
    public bool AsksAttestation { get; private set; }

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        // Sending may have taken minutes.
        if (HttpMethods.IsPost(Request.Method) && SignedIn is not null) await LookAgainAsync(cancel);
        Grant = pictures.Grant;
        if (SignedIn is null) return;
        Grant ??= (await grants.BeginAsync(Act, Id, SessionCookie.ReadBrowser(Request), cancel))?.Word;
        Shown = await desk.ShowAsync(Act, Id, cancel);
        AsksAttestation = await terms.OtherCamerasAsync(Act, cancel) == OtherCameras.Attest;
    }

    public override Task<IActionResult> OnGetAsync(CancellationToken cancel) =>
        SignedIn is null ? Task.FromResult<IActionResult>(Challenge(SessionHandler.Scheme)) : base.OnGetAsync(cancel);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = (long)PictureForm.Most * settings.MaxUploadBytes;
        try
        {
            await pictures.ReceiveAsync(Request, SignedIn is null ? null : Act, Id, cancel);
        }
        catch (Refusal refusal) when (refusal.Status < 500 && !PictureForm.IsOver(refusal))
        {
            return await ShowRefusedAsync(refusal, cancel);
        }
        catch (InvalidDataException)
        {
            return await ShowRefusedAsync(Refusals.Invalid("The pictures did not arrive whole. Please send them again."), cancel);
        }

        if (Sent.All(sent => sent.Refused is not null)) Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        await LoadAsync(cancel);
        return Page();
    }

    /// <summary>"I'm done, and everything is sent": signed out, and nothing goes on.</summary>
    public async Task<IActionResult> OnPostSentAsync(CancellationToken cancel)
    {
        // Files would be put on disk as they came.
        if (!Request.HasFormContentType || Request.ContentType!.StartsWith("multipart", StringComparison.OrdinalIgnoreCase)) throw SealedForms.Unsealed();
        var form = await Request.ReadFormAsync(cancel);
        var who = await grants.OpenAsync(form["grant"], SessionCookie.ReadBrowser(Request), cancel);
        if (who is null && !FormSeal.Fits(Request, form[FormSeal.Field])) throw SealedForms.Unsealed();
        if (who is not null) await grants.EndAsync(new Act(who.SchoolId, who.Actor), cancel);
        if (SessionCookie.Read(Request) is { } session) await sessions.OutAsync(session, cancel);
        SessionCookie.Forget(HttpContext);
        return LocalRedirect("/sign-in?said=done");
    }

    private async Task LookAgainAsync(CancellationToken cancel)
    {
        var again = await recognition.BySessionAsync(SessionCookie.Read(Request) ?? "", cancel, SessionCookie.ReadBrowser(Request), isUse: false);
        HttpContext.User = again is { DeviceRevoked: false } ? new ClaimsPrincipal(new ActorIdentity(again, SessionHandler.Scheme)) : new ClaimsPrincipal();
    }
}
