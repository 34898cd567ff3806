using Microsoft.AspNetCore.Identity;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.SignIn;

/// <summary>
/// The two ceremonies of WebAuthn Level 3 (7.1, 7.2): ASP.NET Core Identity makes the questions and checks the answers, the records keep
/// what was asked.
/// </summary>
public sealed class PasskeyCeremony(IPasskeyHandler<StaffMember> handler, Passkeys passkeys)
{
    /// <returns>For <c>navigator.credentials.get</c>, as JSON, and the secret of the step.</returns>
    public async Task<(string Options, string Step)> AskAsync(HttpContext http, CancellationToken cancel)
    {
        var asked = await handler.MakeRequestOptionsAsync(null, http);
        return (asked.RequestOptionsJson, await passkeys.BeginAsync(null, asked.AssertionState!, cancel));
    }

    /// <param name="credential">What the browser answered, as JSON.</param>
    /// <exception cref="Refusal"><c>step-too-old</c> 410 · <c>sign-in-failed</c> 401.</exception>
    public async Task<SignedIn> SignInAsync(HttpContext http, string? credential, CancellationToken cancel)
    {
        var state = await passkeys.TakeAsync(null, SessionCookie.ReadStep(http.Request), cancel);
        var answer = await handler.PerformAssertionAsync(new() { HttpContext = http, CredentialJson = credential ?? "", AssertionState = state });
        if (!answer.Succeeded) throw Passkeys.NotKnown();
        return await passkeys.SignInAsync(answer.User.Id, answer.Passkey, SessionCookie.Whence(http.Request), cancel);
    }

    /// <returns>For <c>navigator.credentials.create</c>, as JSON, and the secret of the step.</returns>
    public async Task<(string Options, string Step)> AskForNewAsync(Act act, string name, HttpContext http, CancellationToken cancel)
    {
        var asked = await handler.MakeCreationOptionsAsync(new() { Id = act.By.Person.ToString(), Name = name, DisplayName = name }, http);
        return (asked.CreationOptionsJson, await passkeys.BeginAsync(act, asked.AttestationState!, cancel));
    }

    /// <param name="credential">What the browser answered, as JSON.</param>
    /// <returns>Recovery codes, told once; none where the person has some already.</returns>
    /// <exception cref="Refusal"><c>step-too-old</c> 410 · <c>passkey-refused</c>, <c>invalid</c> 422.</exception>
    public async Task<IReadOnlyList<string>> AddAsync(Act act, HttpContext http, string? credential, string? name, CancellationToken cancel)
    {
        var state = await passkeys.TakeAsync(act, SessionCookie.ReadStep(http.Request), cancel);
        var answer = await handler.PerformAttestationAsync(new() { HttpContext = http, CredentialJson = credential ?? "", AttestationState = state });
        return answer.Succeeded
            ? await passkeys.AddAsync(act, answer.Passkey, name, cancel)
            : throw Passkeys.Refused("The passkey could not be made. Please try again, or use an authenticator app.");
    }
}

public static class PasskeyWiring
{
    public static void AddPasskeys(this IServiceCollection services, PhotoGuardSettings settings)
    {
        services.AddIdentityCore<StaffMember>().AddUserStore<PasskeyStore>();
        services.AddScoped<IPasskeyHandler<StaffMember>, PasskeyHandler<StaffMember>>();
        services.AddScoped<PasskeyCeremony>();
        var known = new Uri(settings.PublicUrl);
        // A passkey belongs to a name. Where the service has none yet, it goes by the name it was asked under (tests, a first look).
        var named = known.HostNameType == UriHostNameType.Dns;
        services.Configure<IdentityPasskeyOptions>(options =>
        {
            options.ServerDomain = named ? known.Host : null;
            options.ResidentKeyRequirement = "required";
            options.UserVerificationRequirement = "required";
            options.AttestationConveyancePreference = "none";
            options.ValidateOrigin = asked => ValueTask.FromResult(!asked.CrossOrigin && asked.Origin ==
                (named ? known.GetLeftPart(UriPartial.Authority) : $"{asked.HttpContext.Request.Scheme}://{asked.HttpContext.Request.Host}"));
        });
    }
}
