using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Tests.NeedToKnow;

/// <summary>Somebody who asks for everything.</summary>
/// <param name="Name">e.g. <c>teacher of 3B</c>.</param>
/// <param name="Ours">Of the school whose records are asked for.</param>
/// <param name="Who">As the service is to recognise them; null where it is not to.</param>
/// <param name="Token">Sent to the JSON API, valid or not.</param>
/// <param name="Cookies">Sent to pages, valid or not.</param>
/// <param name="Seal">Of the session's forms.</param>
/// <param name="Classes">That they teach.</param>
/// <param name="Publishing">The roles that their school lets publish.</param>
/// <param name="WrongDoor">The token is sent to pages and the cookies to the JSON API, where neither counts.</param>
public sealed record Asker(
    string Name, bool Ours, Actor? Who, string? Token, string? Cookies, string? Seal, string[] Classes, Role[] Publishing, bool WrongDoor = false);

public enum PhotoState
{
    Shown,
    Held,
    Indecent,

    /// <summary>By a no on <c>internal</c>, while a screener may rescue it.</summary>
    Hidden,

    /// <summary>By a no on <c>internal</c> of the one pupil in it, and not destroyed yet.</summary>
    Leaving,
    Destroyed,
}

/// <summary>A picture of our school. The head's own held one is not the safeguarding lead's, since two people together end a hold.</summary>
/// <param name="Classes">Of the pupils in it.</param>
/// <param name="Cleared">For the website.</param>
public sealed record PhotoAsked(string Name, Guid Id, Guid UploadedBy, string[] Classes, PhotoState State, bool Cleared)
{
    public Guid? ForHead { get; init; }

    public bool IsHeld => State is PhotoState.Held or PhotoState.Indecent;
}
