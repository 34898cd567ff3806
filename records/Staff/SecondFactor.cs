namespace PhotoGuard.Records.Staff;

/// <summary>By what a session began.</summary>
public enum SignInWay
{
    Link,
    Password,
    Passkey,
    SchoolAccount,
}

/// <summary>What follows once somebody has proved who they are in one way.</summary>
public enum AfterFirst
{
    /// <summary>They are signed in.</summary>
    In,

    /// <summary>They show their second factor first.</summary>
    Second,

    /// <summary>Their role needs one and they have none: only a link of the ICT lead leads to its set-up.</summary>
    Refused,
}

/// <summary>
/// Who proves twice who they are (P14; OWASP ASVS 5.0, 6.3.3): whoever sees more children than those of their own classes, or says what
/// others may do. A password alone, guessed or watched by a pupil, then opens nothing.
/// </summary>
public static class SecondFactor
{
    /// <param name="two">The way was as good as two: a passkey that verified its person, a school account that says so.</param>
    /// <param name="has">The person has a second factor: codes or a passkey.</param>
    /// <remarks>
    /// A link is the beginning, good once and given by the ICT lead: it lets in whoever has no second factor yet, to set one up. It is no way
    /// around one that is there.
    /// </remarks>
    public static AfterFirst After(SignInWay way, bool two, IEnumerable<Role> roles, bool has) =>
        two ? AfterFirst.In
        : has ? AfterFirst.Second
        : way == SignInWay.Link || !IsNeeded(roles) ? AfterFirst.In
        : AfterFirst.Refused;

    public static bool IsNeeded(IEnumerable<Role> roles) =>
        roles.Any(role => role is Role.Office or Role.Screener or Role.Safeguarding or Role.Head or Role.Ict);
}
