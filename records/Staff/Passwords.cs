using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Staff;

/// <summary>
/// P24 as it is met today (docs/decisions/0024; NIST SP 800-63B-4, 3.1.1.2; OWASP ASVS 5.0, 6.2): long and not easily guessed, of whatever
/// characters its person likes.
/// </summary>
internal static class Passwords
{
    private const int Shortest = 12;
    private const int Longest = 200;

    /// <summary>What comes behind makes it no easier to guess, only longer to look at.</summary>
    private const int LookedAt = 60;

    /// <summary>From 0 to 4 by zxcvbn; below this a program guesses it within hours, however many characters it has.</summary>
    private const int GoodScore = 2;

    /// <param name="signInName">May not stand in it.</param>
    /// <param name="personName">What whoever tries to guess it tries as well.</param>
    /// <exception cref="Refusal"><c>weak-password</c> 422.</exception>
    public static void Check(string? password, string signInName, string personName)
    {
        if (password is null || password.Length < Shortest) throw Weak("A password has at least 12 characters. Three or four words that have nothing to do with one another are good and easy to keep in mind.");
        if (password.Length > Longest) throw Weak("A password has at most 200 characters.");
        if (password.Contains(signInName, StringComparison.OrdinalIgnoreCase)) throw Weak("Please leave your name out of the password.");
        if (password.Distinct().Count() < 4) throw Weak("Please use more different characters.");
        var words = personName.Split(' ', StringSplitOptions.RemoveEmptyEntries).Append(signInName);
        if (Zxcvbn.Zxcvbn.MatchPassword(password[..Math.Min(password.Length, LookedAt)], words).Score < GoodScore)
            throw Weak("That password is easily guessed: it is one that many people use, or made of names, years or keys in a row. Three or four words that have nothing to do with one another are better.");
    }

    private static Refusal Weak(string sentence) => new("weak-password", 422, sentence);
}
