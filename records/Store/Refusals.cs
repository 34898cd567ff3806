namespace PhotoGuard.Records.Store;

/// <summary>Refusals that every slice needs. The record is asked first, then the role (contract, Status codes).</summary>
public static class Refusals
{
    /// <summary>Another school's, no need to know, hidden, or never there: all the same answer.</summary>
    public static Refusal NotFound(string what) => new("not-found", 404, $"There is no such {what}.");

    public static Refusal RoleMayNot(string sentence) => new("role-may-not", 403, sentence);

    public static Refusal Gone() => new("gone", 410, "This picture is no longer available.");

    public static Refusal Invalid(string sentence) => new("invalid", 422, sentence);
}
