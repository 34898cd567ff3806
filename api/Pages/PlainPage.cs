using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using PhotoGuard.Api.Requests;
using PhotoGuard.Api.SignIn;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages;

/// <summary>
/// A page for people. It calls the operations that the JSON API calls and decides nothing itself; what an operation refuses
/// stands as its sentence on top of the same page, with everything that was typed still there.
/// </summary>
public abstract class PlainPage : PageModel
{
    /// <summary>Who asks and why; every operation is told.</summary>
    public Act Act => Caller.Of(HttpContext).Act;

    /// <summary>Null where nobody is signed in.</summary>
    public Actor? SignedIn => User.Identities.OfType<ActorIdentity>().FirstOrDefault()?.Who.Actor;

    /// <summary>Why the last thing asked for was not done.</summary>
    public string? Refused { get; protected set; }

    /// <summary>What was done just before, as one of <see cref="Said"/>.</summary>
    [BindProperty(SupportsGet = true, Name = "said")]
    public string? SaidWord { get; set; }

    /// <summary>Stands in every form, so that no other site can send one (see <see cref="FormSeal"/>).</summary>
    public string Seal => FormSeal.Of(HttpContext);

    /// <summary>Reads what the page shows. A refusal here is the answer: there is nothing to show.</summary>
    protected virtual Task LoadAsync(CancellationToken cancel) => Task.CompletedTask;

    public virtual async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        await LoadAsync(cancel);
        return Page();
    }

    /// <summary>Does what was asked for and goes on to <paramref name="then"/>; refused, shows the same page with the sentence.</summary>
    /// <param name="then">A path of our own.</param>
    protected Task<IActionResult> DoAsync(Func<Task> operation, string then, CancellationToken cancel) => DoAsync(async () =>
    {
        await operation();
        return then;
    }, cancel);

    /// <inheritdoc cref="DoAsync(Func{Task}, string, CancellationToken)"/>
    /// <param name="operation">Its result is a path of our own.</param>
    protected async Task<IActionResult> DoAsync(Func<Task<string>> operation, CancellationToken cancel)
    {
        try
        {
            MustBeReadable();
            return LocalRedirect(await operation());
        }
        catch (Refusal refusal) when (refusal.Status < 500)
        {
            return await ShowRefusedAsync(refusal, cancel);
        }
    }

    /// <summary>A date or choice that cannot be read must not pass for one that was left out.</summary>
    /// <exception cref="Refusal"><c>invalid</c> 422.</exception>
    protected void MustBeReadable()
    {
        if (!ModelState.IsValid)
            throw Refusals.Invalid("Something that was filled in cannot be read. Please write dates like 2026-11-22.");
    }

    /// <summary>
    /// For acts whose harm a second look cannot undo: whoever sits at a browser that was left open does not do them (OWASP ASVS 5.0, 7.5.3).
    /// </summary>
    /// <exception cref="Refusal"><c>prove-again</c> 403: the person signs in once more, and is back on this page.</exception>
    protected void MustHaveProvedLately()
    {
        if (!ProvedLately) throw new Refusal("prove-again", 403, "Please sign in once more, and then try again.");
    }

    /// <summary>The person has shown within the last quarter of an hour that it is they who sit there.</summary>
    protected bool ProvedLately => User.Identities.OfType<ActorIdentity>().FirstOrDefault()?.Who is { ProvedLately: true };

    /// <inheritdoc cref="DoAsync(Func{Task}, string, CancellationToken)"/>
    /// <remarks>Only by somebody who has proved a moment ago who they are.</remarks>
    protected Task<IActionResult> DoSurelyAsync(Func<Task> operation, string then, CancellationToken cancel) => DoSurelyAsync(async () =>
    {
        await operation();
        return then;
    }, cancel);

    /// <inheritdoc cref="DoSurelyAsync(Func{Task}, string, CancellationToken)"/>
    /// <param name="operation">Its result is a path of our own.</param>
    protected Task<IActionResult> DoSurelyAsync(Func<Task<string>> operation, CancellationToken cancel) => DoAsync(() =>
    {
        MustHaveProvedLately();
        return operation();
    }, cancel);

    protected async Task<IActionResult> ShowRefusedAsync(Refusal refusal, CancellationToken cancel)
    {
        if (refusal.Type == "prove-again") return LocalRedirect($"/sign-in?again=true&to={Uri.EscapeDataString(Request.Path)}");
        // What the operation had begun to change is forgotten, so that the page shows what is kept.
        HttpContext.RequestServices.GetRequiredService<RecordsDb>().ChangeTracker.Clear();
        Refused = refusal.Message;
        Response.StatusCode = refusal.Status;
        await LoadAsync(cancel);
        return Page();
    }
}
