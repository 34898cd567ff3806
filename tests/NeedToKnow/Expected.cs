using PhotoGuard.Api.NeedToKnow;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Tests.NeedToKnow;

public enum Outcome
{
    /// <summary>401, or a page that leads to the sign-in.</summary>
    SignIn,

    /// <summary>Whatever else stands against it, it is not who asks.</summary>
    Allowed,

    /// <summary>403.</summary>
    Forbidden,

    /// <summary>404, in every respect as for what was never there.</summary>
    NotThere,

    /// <summary>410.</summary>
    Gone,
}

/// <summary>What the table says of a cell of the matrix: who asks which route for which record.</summary>
public static class Expected
{
    /// <param name="there">It is there, in our school; false: it was never anywhere.</param>
    /// <param name="photo">The picture asked for; null for any other record.</param>
    public static Outcome Of(RouteRow row, Asker asker, bool there, PhotoAsked? photo)
    {
        var own = OfRow(row, asker, there, photo);
        // A refused form is answered by its page, which may have a refusal of its own.
        if (row is { IsPage: true, Method: "POST", Makes: false } && RouteRows.All.FirstOrDefault(get => get.Route == $"GET {row.Path}") is { } get
            && OfRow(get, asker, there, photo) is not Outcome.Allowed and var page) return page;
        return own;
    }

    /// <summary>What somebody is in relation to a picture of our school.</summary>
    public static bool Knows(Asker asker, PhotoAsked photo, Right right) =>
        asker is { Ours: true, Who: { } by } && right.Allows(by, photo.IsHeld ? Relation.Held : To(asker, photo));

    private static Outcome OfRow(RouteRow row, Asker asker, bool there, PhotoAsked? photo)
    {
        if (row.Right == Rights.Anybody) return Outcome.Allowed;
        if (asker.Who is not { } by || row is { ByGrant: true, IsPage: false }) return Outcome.SignIn;
        if (by.Channel is { } channel)
        {
            if (row.IsPage) return Outcome.SignIn;
            if (!row.Path.StartsWith("/api/v1/channels/", StringComparison.Ordinal)) return Outcome.Forbidden;
            Assert.Equal("website", Words.Of(channel));
        }
        var to = Deliveries.RelationTo(by, asker.Publishing);
        if (!row.OfRecord) return May(row.Right, asker, to);
        // It says of anything that there is none, or not yet.
        if (row.IsPage && row.Right == Rights.SeeCertificate) return May(row.Right, asker, to);
        if (!there || !asker.Ours) return row.RoleFirst && !row.Right.Allows(by, to) ? Outcome.Forbidden : Outcome.NotThere;
        return row.OfPhoto ? OfPhoto(row, asker, photo!, to) : May(row.Right, asker, to);
    }

    private static Outcome OfPhoto(RouteRow row, Asker asker, PhotoAsked photo, Relation to)
    {
        var (by, right) = (asker.Who!, row.Right);
        if (photo.UploadedBy == by.StaffId) to |= Relation.Uploader;
        var may = May(right, asker, to);
        // Also of one that is destroyed: who saw it is asked for longer than it lives.
        if (right == Rights.SeeLooks && may == Outcome.Allowed) return photo.IsHeld && !Rights.SeeHeldWhy.Allows(by) ? Outcome.NotThere : may;
        if (right == Rights.SeeCertificate) return photo.State == PhotoState.Destroyed ? may : Outcome.NotThere;
        if (right == Rights.ExportForPolice) return photo.State == PhotoState.Held || (photo.IsHeld && row.Method == "POST") ? may : Outcome.NotThere;
        if (row.RoleFirst && may != Outcome.Allowed) return may;
        if (photo.State == PhotoState.Destroyed) return row.AnyPhoto && right == Rights.Publish ? Outcome.NotThere : Outcome.Gone;
        if (photo.IsHeld && right.NotWhileHeld) return Outcome.NotThere;
        if (row.AnyPhoto && right.Grants.Any(grant => by.IsAny([.. grant.Roles]) || (grant.Roles.Count == 0 && to.HasFlag(grant.To))))
            return row.Method == "GET" && right == Rights.Publish && !photo.Cleared ? Outcome.NotThere : may;
        if (!Knows(asker, photo, Rights.KnowPhoto)) return Outcome.NotThere;
        if (photo.State == PhotoState.Leaving || (photo.State == PhotoState.Hidden && !Rights.RescuePhoto.Allows(by))) return Outcome.Gone;
        if (right == Rights.LookAtPhoto) return Knows(asker, photo, right) && photo.State != PhotoState.Indecent ? Outcome.Allowed : Outcome.NotThere;
        return right == Rights.KnowPhoto || right == Rights.ReportPhoto ? Outcome.Allowed : may;
    }

    private static Outcome May(Right right, Asker asker, Relation to) =>
        right.First is { } first && May(first, asker, to) is not Outcome.Allowed and var no ? no
        : right.Allows(asker.Who!, to) ? Outcome.Allowed : right.HiddenAs is null ? Outcome.Forbidden : Outcome.NotThere;

    private static Relation To(Asker asker, PhotoAsked photo)
    {
        var to = photo.UploadedBy == asker.Who!.StaffId ? Relation.School | Relation.Uploader : Relation.School;
        if (asker.Who.Is(Role.Teacher) && asker.Classes.Intersect(photo.Classes).Any()) to |= Relation.Teaches;
        return photo.Cleared ? to | Relation.Publicity : to;
    }
}
